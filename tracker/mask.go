package tracker

import "fmt"

// Mask is prefixes as a filter for another: it passes over IDs that exist under
// the one and those that do not under the other. Its zero value passes over none.
// It is for one operation and not to be kept.
type Mask struct {
	except *Tracker // nil for none
	only   *Tracker
	client Client // nil for one that never goes
	place  *place // of whoever asked for it
}

// Client is whoever waits for an operation that may take long.
type Client interface {
	// Gone tells whether nobody waits any more. It is asked now and then, with nothing
	// locked, and may let others have their turn.
	Gone() bool
}

// For returns m for an operation that ends early when c has gone.
func (m Mask) For(c Client) Mask { m.client = c; return m }

// Mask returns the mask of the two prefixes, "" for none. One that is not there is
// [ErrNoMask], never an empty mask: what it protects would be taken.
func (c *Caller) Mask(except, only string) (m Mask, err error) {
	m.place = &c.place
	if m.except, err = c.maskOf(except); err == nil {
		m.only, err = c.maskOf(only)
	}
	return m, err
}

func (c *Caller) maskOf(prefix string) (*Tracker, error) {
	if prefix == "" {
		return nil, nil
	}
	if t := c.registry.Get(prefix); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrNoMask, prefix)
}

// IsZero tells whether m passes over no ID.
func (m Mask) IsZero() bool { return m.except == nil && m.only == nil }

// word has the bits of those IDs of the word wi that m does not pass over.
func (m Mask) word(wi uint64) uint64 {
	word := ^uint64(0)
	if m.except != nil {
		word &^= m.except.existing(wi)
	}
	if m.only != nil {
		word &= m.only.existing(wi)
	}
	return word
}
