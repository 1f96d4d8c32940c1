package reconcile

import (
	"context"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/redis/rueidis"
)

// TEMPORARY until store has them.
type plain struct {
	store.Store
	c rueidis.Client
}

func plainOf(t testing.TB, s *redistest.Server, of store.Store) store.Store {
	return &plain{of, s.Client(t)}
}

func (p *plain) Scan(ctx context.Context, prefix string, page func([]string) error) error {
	sem := make(chan error, 1)
	sem <- nil
	for cursor := uint64(0); ; {
		e, err := p.c.Do(ctx, p.c.B().Scan().Cursor(cursor).Match(prefix+"*").Count(10000).Build()).AsScanEntry()
		if err != nil {
			return err
		}
		if err := <-sem; err != nil {
			return err
		}
		go func() { sem <- page(e.Elements) }()
		if cursor = e.Cursor; cursor == 0 {
			return <-sem
		}
	}
}

func (p *plain) Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	var cmds rueidis.Commands
	for _, k := range keys {
		cmds = append(cmds, p.c.B().Exists().Key(k).Build())
	}
	for _, r := range p.c.DoMulti(ctx, cmds...) {
		n, err := r.AsInt64()
		if err != nil {
			return dst, err
		}
		dst = append(dst, n == 1)
	}
	return dst, nil
}
