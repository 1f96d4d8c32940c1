package reconcile

import (
	"context"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// scanPage is about how many keys a server goes through for one page.
const scanPage = 10_000

// scan goes through the keys of the prefix and gives take the IDs in them, page by page, from several
// goroutines at once.
func (w *work) scan(ctx context.Context, take func(h *hand, ids []uint64) error) error {
	w.enter("waiting for the store", 0)
	err := w.store.Scan(ctx, w.keys.head, func(page []string) error {
		if err := w.standing(); err != nil {
			return err
		}
		h := w.hands.take()
		defer w.hands.put(h)
		if w.visited.Add(scanPage) == scanPage { // the first one
			w.enter("going through the keys", 0)
		}
		h.ids = w.parse(h.ids[:0], page)
		return take(h, h.ids)
	})
	if err == nil {
		err = w.standing()
	}
	return err
}

// parse appends the IDs of a page to dst, and counts what is none.
func (w *work) parse(dst []uint64, page []string) []uint64 {
	var outside, unparsable uint64
	for _, key := range page {
		switch id, is := w.keys.id(key); is {
		case isID:
			dst = append(dst, id)
		case isOutside:
			outside++
		case isUnparsable:
			unparsable++
			w.unparsableKeys.add(key)
			if !w.otherwise.Load() && w.keys.saysID(key) {
				w.otherwise.Store(true)
			}
		}
	}
	w.scanned.Add(uint64(len(page)))
	w.outOfRange.Add(outside)
	w.unparsable.Add(unparsable)
	return dst
}

// load adds what the store has. The prefix is made with the first IDs.
func (w *work) load(ctx context.Context) error {
	return w.scan(ctx, func(h *hand, ids []uint64) error {
		if len(ids) == 0 {
			return nil
		}
		pin, err := w.made(h)
		if err != nil {
			return err
		}
		added, err := h.add(pin, ids)
		w.found.Add(uint64(len(ids)))
		w.added.Add(uint64(added))
		return err
	})
}

// wouldLoad counts what load would add.
func (w *work) wouldLoad(ctx context.Context) error {
	seen, err := w.scratch()
	if err != nil {
		return err
	}
	defer seen.Close()
	if err := w.see(ctx, seen); err != nil {
		return err
	}
	free := w.keys.reader.Select(tracker.Unset, seen.Only())
	w.added.Store(free.Count(tracker.Everything))
	return w.standing()
}

// see puts the IDs that the store has into seen.
func (w *work) see(ctx context.Context, seen *tracker.Scratch) error {
	return w.scan(ctx, func(_ *hand, ids []uint64) error {
		n, err := seen.Add(ids)
		w.found.Add(uint64(n))
		return err
	})
}

// scratch returns an empty set of IDs of the prefix.
func (w *work) scratch() (*tracker.Scratch, error) {
	return w.registry.NewScratch(w.keys.reader.Config().MaxID)
}
