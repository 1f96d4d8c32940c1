package tracker

import "fmt"

// Mask is prefixes as a filter for another: it passes over IDs that exist under
// the one and those that do not under the other. Its zero value passes over none.
// It is for one operation and not to be kept.
type Mask struct {
	by *masking // nil for none: what has no mask is not to pay for one
}

// masking is what a Mask consists of. It does not change.
type masking struct {
	except *Tracker // nil for none
	only   *Tracker
	client Client // nil for one that never goes
	place  *place // of whoever asked for the mask
}

var unmasked masking

// masking is that of m.
func (m Mask) masking() *masking {
	if m.by == nil {
		return &unmasked
	}
	return m.by
}

// Client is whoever waits for an operation that may take long.
type Client interface {
	// Gone tells whether nobody waits any more. It is asked now and then, with nothing
	// locked, and may let others have their turn.
	Gone() bool
}

// For returns m for an operation that ends early when c has gone.
func (m Mask) For(c Client) Mask {
	by := *m.masking()
	by.client = c
	return Mask{&by}
}

// Mask returns the mask of the two prefixes, "" for none. One that is not there is
// [ErrNoMask], never an empty mask: what it protects would be taken.
func (c *Caller) Mask(except, only string) (m Mask, err error) {
	by := masking{place: &c.place}
	if by.except, err = c.maskOf(except); err != nil {
		return Mask{}, err
	}
	if by.only, err = c.maskOf(only); err != nil {
		return Mask{}, err
	}
	return Mask{&by}, nil
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
func (m Mask) IsZero() bool { return m.by == nil || m.by.isZero() }

func (m *masking) isZero() bool { return m.except == nil && m.only == nil }

// word has the bits of those IDs of the word wi that are not passed over.
func (m *masking) word(wi uint64) uint64 {
	word := ^uint64(0)
	if m.except != nil {
		word &^= m.except.existing(wi)
	}
	if m.only != nil {
		word &= m.only.existing(wi)
	}
	return word
}
