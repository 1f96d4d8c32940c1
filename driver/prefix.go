package driver

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

var (
	errNoKeys   = errors.New("keys: the prefix is not there, and without keys it is not known how many IDs it is to have")
	errNoBound  = errors.New("keys: the prefix has no bound: say how many IDs it is to have")
	errFewKeys  = errors.New("keys: the prefix has fewer IDs")
	errOtherKey = errors.New("the prefix is there and writes its keys otherwise")
)

// CreatePrefix makes the prefix of a workload if it is missing, before [Run], which does the same: so that something can be put
// there. A prefix that is there is left as it is: it is an error if the workload says something else of it.
func CreatePrefix(ctx context.Context, client *remote.Client, w *workload.Workload) error {
	_, err := findSpace(ctx, client, w)
	if err != nil {
		err = fmt.Errorf("prefix %q: %w", w.Prefix, err)
	}
	return err
}

// space is the IDs of a workload, and how they are written.
type space struct {
	keys workload.Keys
	ids  uint64 // they are below it
}

func findSpace(ctx context.Context, client *remote.Client, w *workload.Workload) (space, error) {
	p, err := client.Prefix(ctx, w.Prefix)
	if err == nil && !p.There {
		if w.Keys == 0 && needsBound(w) {
			return space{}, errNoKeys
		}
		width := -1
		if w.Width != nil {
			width = *w.Width
		}
		// Others that run the same may make it at the same time: then it is there as they have it.
		if err = client.Create(ctx, w.Prefix, w.Keys, width, w.Tag); err == nil {
			p, err = client.Prefix(ctx, w.Prefix)
		}
	}
	if err != nil {
		return space{}, err
	}
	s := space{keys: workload.Keys{Prefix: w.Prefix, Tag: p.Tag, Width: p.Width}, ids: w.Keys}
	if s.ids == 0 {
		s.ids = p.MaxID
	}
	switch {
	case s.ids == 0 && needsBound(w):
		return s, errNoBound
	case s.ids == 0:
		s.ids = max(p.Room, 1) // laws and orders go over what there is, not over all that could be
	}
	switch {
	case p.MaxID > 0 && s.ids > p.MaxID:
		return s, fmt.Errorf("%w: it has %d", errFewKeys, p.MaxID)
	case w.Width != nil && *w.Width != p.Width:
		return s, fmt.Errorf("%w: with a width of %d", errOtherKey, p.Width)
	case w.Tag != "" && w.Tag != p.Tag:
		return s, fmt.Errorf("%w: with the tag %q", errOtherKey, p.Tag)
	}
	return s, nil
}

// needsBound tells whether a workload asks for IDs that do not exist: without a bound there is no end of them.
func needsBound(w *workload.Workload) bool {
	for i := range w.Phases {
		for j := range w.Phases[i].Ops {
			c := &w.Phases[i].Ops[j].Choose
			if c.Max.Is != workload.IsNumber && (c.Way == workload.Claim || c.Way == workload.Sample && c.Hit < 1 || c.InParts()) {
				return true
			}
		}
	}
	return false
}
