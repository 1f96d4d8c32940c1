package reconcile

import (
	"context"
	"sync"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// work is a job at work.
type work struct {
	*job
	pair
	registry *tracker.Registry
	hands    hands
	making   sync.Mutex // guards pin while the prefix may be made
}

// run does the work of j, and returns when nothing of it goes on.
func (r *Reconciler) run(ctx context.Context, j *job, from store.Store) error {
	w := &work{job: j, registry: r.options.Registry, hands: hands{of: r}}
	if err := w.find(from); err != nil {
		return err
	}
	if size, err := from.Size(ctx); err == nil { // who may not ask knows no end
		j.size.Store(size)
	}
	if err := w.do(ctx); err != nil {
		return err
	}
	j.enter("waiting for the log", 0)
	return w.hands.kept(ctx)
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
	} else {
		var err error
		if of, err = w.registry.Caller(nil).At(w.Prefix).AsMade(); err != nil {
			return err
		}
	}
	w.keys = keysOf(of, w.registry)
	return nil
}

// made returns the prefix, which is made if it is not there.
func (w *work) made(h *hand) (*tracker.Pin, error) {
	w.making.Lock()
	defer w.making.Unlock()
	if w.pin != nil {
		return w.pin, nil
	}
	if err := h.refuses(); err != nil {
		return nil, err
	}
	defer h.commit()
	pin, err := h.caller.At(w.Prefix).Pin()
	if err != nil {
		return nil, err
	}
	if pin.Read().Config() != w.keys.reader.Config() { // somebody else has made it
		return nil, tracker.ErrReplaced
	}
	w.pin = pin
	return pin, nil
}

// standing tells whether the prefix is what it was when the job began.
func (w *work) standing() error {
	w.making.Lock()
	defer w.making.Unlock()
	switch {
	case w.pin != nil:
		return w.pin.Err()
	case w.Mode != Load && w.registry.Get(w.Prefix) != nil:
		return tracker.ErrReplaced
	}
	return nil
}
