package tracker

// Mask is prefixes as a filter for another: it passes over IDs that exist under
// the one and those that do not under the other. Its zero value passes over none.
// It is for one operation and not to be kept.
type Mask struct {
	except *Tracker // nil for none
	only   *Tracker
	while  func() bool
}

// While returns m for an operation that asks goOn now and then, with nothing locked,
// and ends early when the answer is no.
func (m Mask) While(goOn func() bool) Mask { m.while = goOn; return m }

// Mask returns the mask of the two prefixes, "" for none. One that is not there is
// [ErrNoMask], never an empty mask: what it protects would be taken.
func (c *Caller) Mask(except, only string) (m Mask, err error) {
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
	return nil, ErrNoMask
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
