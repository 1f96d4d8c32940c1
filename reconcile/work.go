package reconcile

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// work is a job at work.
type work struct {
	*job
	pair
	registry *tracker.Registry
	hands    hands
	pinned   atomic.Pointer[tracker.Pin] // that of the pair, or the one that a load has made

	otherwise atomic.Bool // the store has keys that say an ID, but not as the prefix writes it
}

// run does the work of j, and returns when nothing of it goes on.
func (r *Reconciler) run(ctx context.Context, j *job, from store.Store) error {
	w := &work{job: j, registry: r.options.Registry, hands: hands{of: r}}
	if err := w.find(from); err != nil {
		return err
	}
	sized := w.askSize(ctx)
	err := w.do(ctx)
	if sized(err == nil); err != nil {
		return err
	}
	j.enter("waiting for the log", 0)
	return w.hands.kept(ctx)
}

// askSize asks how many keys there are, which those who may not ask can do without, and returns
// what waits for the answer, or gives it up.
func (w *work) askSize(ctx context.Context) (end func(wait bool)) {
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	asking.Go(func() {
		if size, err := w.store.Size(ctx); err == nil {
			w.size.Store(size)
		}
	})
	return func(wait bool) {
		if !wait {
			cancel()
		}
		asking.Wait()
		cancel()
	}
}

func (w *work) do(ctx context.Context) error {
	switch {
	case w.Mode == Load && !w.DryRun:
		return w.load(ctx)
	case w.Mode == Load:
		return w.wouldLoad(ctx)
	default:
		return w.compare(ctx)
	}
}

// find finds the prefix. One that is not there is read as it would be made.
func (w *work) find(from store.Store) error {
	w.store = from
	var of tracker.Reader
	if pin, ok := w.registry.Pin(w.Prefix); ok {
		w.pin, of = pin, pin.Read()
		w.pinned.Store(pin)
	} else {
		var err error
		if of, err = w.registry.Caller(nil).At(w.Prefix).AsMade(); err != nil {
			return err
		}
	}
	w.keys = keysOf(of, w.registry)
	return nil
}

// made returns the prefix, which is made if it is not there. Who does so beside others gets the same one.
func (w *work) made(h *hand) (*tracker.Pin, error) {
	if pin := w.pinned.Load(); pin != nil {
		return pin, nil
	}
	if err := h.refuses(); err != nil {
		return nil, err
	}
	pin, err := h.pin(w.Prefix)
	if err != nil {
		return nil, err
	}
	if pin.Read().Config() != w.keys.reader.Config() { // somebody else has made it
		return nil, tracker.ErrReplaced
	}
	w.pinned.CompareAndSwap(nil, pin)
	return w.pinned.Load(), nil
}

// standing tells whether the prefix is what it was when the job began.
func (w *work) standing() error {
	switch pin := w.pinned.Load(); {
	case pin != nil:
		return pin.Err()
	case w.Mode != Load && w.registry.Get(w.Prefix) != nil:
		return tracker.ErrReplaced
	}
	return nil
}
