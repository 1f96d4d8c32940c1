package driver

import (
	"context"

	"github.com/prefixtracker/prefixtracker/remote"
)

// drawn is a source of IDs at random. Those that exist and those that do not are drawn apart, so that what is asked of
// each is exact in whatever order.
type drawn struct {
	*feeder
	draws [2]remote.Draw
}

func newDrawn(f *feeder, h remote.HandOut) source {
	d := &drawn{feeder: f}
	for class := range d.draws {
		d.draws[class] = remote.Draw{Prefix: h.Prefix, Min: h.Min, Max: h.Max, Existing: class == 0,
			Law: f.op.Choose.Dist, Scramble: f.op.Choose.Scramble, Except: h.Except, Only: h.Only}
	}
	return d
}

// fetch is never over: what a class has none of now may come.
func (d *drawn) fetch(b *batch, n, class int) (over bool, err error) {
	_, err = d.ask(func(ctx context.Context) (err error) {
		b.ids, err = d.client.Sample(ctx, &d.draws[class], b.ids, n)
		return err
	})
	return false, err
}

func (d *drawn) settle(*batch) (uint64, error) { return 0, nil }

func (*drawn) mend() (uint64, bool, error) { return 0, false, nil }

func (d *drawn) close() error { return nil }
