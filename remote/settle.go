package remote

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gomodule/redigo/redis"
)

// IsNoLease tells whether an error says that a lease has ended: by time, with its prefix, or because it was
// settled before.
func IsNoLease(err error) bool { return hasCode(err, "NOLEASE") }

// IsNoCursor tells whether an error says that there is no such cursor.
func IsNoCursor(err error) bool { return hasCode(err, "NOCURSOR") }

func hasCode(err error, code string) bool {
	var refusal Refusal
	return errors.As(err, &refusal) && refusal.Code() == code
}

// Confirm gives some IDs of a lease back and confirms the others, of which there is one at least.
func (c *Client) Confirm(ctx context.Context, token string, back []uint64) error {
	err := c.exchange(ctx, func(x *exchange) { x.settle(token, back) }, func(x *exchange) error { return x.settled(back) })
	return c.about("PT.CONFIRM", err)
}

func (x *exchange) settle(token string, back []uint64) {
	if len(back) > 0 {
		x.words(back, "PT.RELEASE", token)
	}
	x.words(nil, "PT.CONFIRM", token)
}

// settled reads the replies to settle.
func (x *exchange) settled(back []uint64) (err error) {
	if len(back) > 0 {
		err = x.skip()
	}
	return x.both(err, x.skip)
}

// ConfirmRemoved is Confirm for IDs of a cursor that are to exist no more. All is done in one step, or nothing.
// Whether the lease lives is not looked at before IDs are removed.
func (c *Client) ConfirmRemoved(ctx context.Context, prefix, token string, done, back []uint64) error {
	replies := 2
	if len(back) > 0 {
		replies++
	}
	err := c.exchange(ctx, func(x *exchange) {
		x.words(nil, "MULTI")
		x.words(done, "PT.REM", prefix)
		x.settle(token, back)
		x.words(nil, "EXEC")
	}, func(x *exchange) error {
		err := x.skip()
		for range replies { // they are queued
			err = x.both(err, x.skip)
		}
		return x.both(err, func() error {
			n, err := x.list()
			if err != nil {
				return err
			}
			if n != int64(replies) {
				return errReply
			}
			err = x.skip()
			return x.both(err, func() error { return x.settled(back) })
		})
	})
	return c.about("PT.CONFIRM", err)
}

// Release gives all back that is left of a lease.
func (c *Client) Release(ctx context.Context, token string) error {
	_, err := c.askNumber(ctx, "PT.RELEASE", token)
	return err
}

// Renew gives a lease another time to live, from now on.
func (c *Client) Renew(ctx context.Context, token string, lease time.Duration) error {
	_, err := c.askNumber(ctx, "PT.RENEW", token, strconv.FormatInt(lease.Milliseconds(), 10))
	return err
}

// AddIDs adds a few thousand IDs and returns how many of them were free.
func (c *Client) AddIDs(ctx context.Context, prefix string, ids []uint64) (uint64, error) {
	return c.change(ctx, "PT.ADD", prefix, ids)
}

// RemoveIDs removes a few thousand IDs and returns how many of them have existed.
func (c *Client) RemoveIDs(ctx context.Context, prefix string, ids []uint64) (uint64, error) {
	return c.change(ctx, "PT.REM", prefix, ids)
}

// AreNot returns which of a few thousand IDs do not exist, or, without existing, are not free.
func (c *Client) AreNot(ctx context.Context, prefix string, ids []uint64, existing bool) (not []uint64, err error) {
	state := "UNSET"
	if existing {
		state = "SET"
	}
	err = c.exchange(ctx, func(x *exchange) {
		for _, id := range ids {
			x.words([]uint64{id, id + 1}, "PT.COUNT", prefix, state, "RANGE")
		}
	}, func(x *exchange) (err error) {
		for _, id := range ids {
			err = x.both(err, func() error {
				n, err := x.integer()
				if n == 0 {
					not = append(not, id)
				}
				return err
			})
		}
		return err
	})
	return not, c.about("PT.COUNT", err)
}

func (c *Client) change(ctx context.Context, command, prefix string, ids []uint64) (n uint64, err error) {
	err = c.exchange(ctx, func(x *exchange) { x.words(ids, command, prefix) }, func(x *exchange) (err error) {
		n, err = x.integer()
		return err
	})
	return n, c.about(command, err)
}

// both reads another reply, unless err says that there is none, and returns the first error.
func (x *exchange) both(err error, read func() error) error {
	if !isAnswer(err) {
		return err
	}
	if other := read(); err == nil || !isAnswer(other) {
		err = other
	}
	return err
}

// isAnswer tells whether a reply was read, a refusal perhaps.
func isAnswer(err error) bool {
	_, refused := err.(redis.Error)
	return err == nil || refused
}
