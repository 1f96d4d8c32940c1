package remote

import (
	"context"
	"strconv"
	"time"
)

// HandOut is which IDs of a prefix are handed out, time and again: to one goroutine. It learns how they lie.
type HandOut struct {
	Prefix       string
	Min, Max     uint64        // from Min to Max-1
	Except, Only string        // masks, "" for none
	Lease        time.Duration // what is not settled by then is given back
	oneByOne     bool          // runs are of no use
}

// Handed is what was handed out. Nothing is no IDs.
type Handed struct {
	Token string
	IDs   []uint64
	// NotYet is of cursors: there is nothing, but others have IDs that may come back.
	NotYet bool
	// Expired is how many leases of the prefix have ended by time: IDs of such a one may be among these.
	Expired uint64
}

// Claim asks for up to n free IDs, which are appended to dst. They exist when they are confirmed.
func (c *Client) Claim(ctx context.Context, h *HandOut, dst []uint64, n int) (Handed, error) {
	return c.handOut(ctx, h, dst, n, "PT.CLAIMNEXT")
}

// Take asks for up to n IDs that exist, which are appended to dst. They do so no more when they are confirmed.
func (c *Client) Take(ctx context.Context, h *HandOut, dst []uint64, n int) (Handed, error) {
	return c.handOut(ctx, h, dst, n, "PT.TAKENEXT")
}

func (c *Client) handOut(ctx context.Context, h *HandOut, dst []uint64, n int, command string) (Handed, error) {
	words := []string{command, h.Prefix, "COUNT", strconv.Itoa(n)}
	return c.handed(ctx, h, dst, n, append(words, h.which()...))
}

// which says which IDs.
func (h *HandOut) which() []string {
	return append(masks(h.Except, h.Only), "RANGE", digits(h.Min), digits(h.Max))
}

func masks(except, only string) (words []string) {
	if except != "" {
		words = append(words, "EXCEPT", except)
	}
	if only != "" {
		words = append(words, "ONLY", only)
	}
	return words
}

// handed asks with words for up to n IDs with a lease, and behind it how many leases have ended: those whose IDs
// were handed out again are among them, as a lease counts before its IDs come back.
func (c *Client) handed(ctx context.Context, h *HandOut, dst []uint64, n int, words []string) (got Handed, err error) {
	words = append(words, "LEASE", strconv.FormatInt(h.Lease.Milliseconds(), 10))
	if !h.oneByOne {
		words = append(words, "RUNS")
	}
	err = c.exchange(ctx, func(x *exchange) {
		x.words(nil, words...)
		x.words(nil, "PT.INFO", h.Prefix)
	}, func(x *exchange) (err error) {
		had := len(dst)
		var runs int
		got, runs, err = x.handed(dst, n)
		if n := len(got.IDs) - had; n > 0 {
			h.oneByOne = n < runsWorth*runs
		}
		return x.both(err, func() (err error) {
			got.Expired, err = x.field("leases_expired")
			return err
		})
	})
	return got, c.about(words[0], err)
}

// handed reads the token and IDs of a lease.
func (x *exchange) handed(dst []uint64, most int) (got Handed, runs int, err error) {
	got.IDs = dst
	n, err := x.list()
	switch {
	case err != nil:
		return got, 0, err
	case n == -1:
		got.NotYet = true
		return got, 0, nil
	case n != 2:
		return got, 0, errReply
	}
	if got.Token, err = x.string(); err != nil {
		return got, 0, err
	}
	if n, err = x.list(); err == nil {
		got.IDs, runs, err = x.ids(dst, n, most)
	}
	return got, runs, err
}

// field reads the number of a name from a reply with names.
func (x *exchange) field(name string) (found uint64, err error) {
	n, err := x.list()
	for ; n > 1 && err == nil; n -= 2 {
		var is string
		if is, err = x.string(); err != nil {
			break
		}
		if is == name {
			found, err = x.integer()
		} else {
			err = x.skip()
		}
	}
	return found, err
}
