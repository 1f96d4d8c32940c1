package remote

import (
	"context"
	"errors"
	"strconv"

	"github.com/gomodule/redigo/redis"
)

// Cursor is a pass over IDs that exist, which many share by its name.
type Cursor struct {
	Name   string
	Random bool // in the order that Seed fixes
	Seed   uint64
	Loop   bool
	Limit  uint64 // of IDs, 0 for none
}

// OpenCursor opens one. That it is open is no error, with whatever limit; with other options it is a [Refusal].
func (c *Client) OpenCursor(ctx context.Context, h *HandOut, o Cursor) error {
	err := c.openCursor(ctx, h, o)
	var refusal Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	// Somebody has opened it, who may have counted otherwise: his limit is that of all.
	fields, asked := c.askFields(ctx, "PT.CURSOR", "INFO", o.Name)
	if asked != nil {
		return err
	}
	if o.Limit, asked = redis.Uint64(fields["limit"], nil); asked == redis.ErrNil {
		o.Limit, asked = 0, nil
	}
	if asked != nil {
		return c.about("PT.CURSOR INFO", asked)
	}
	return c.openCursor(ctx, h, o)
}

func (c *Client) openCursor(ctx context.Context, h *HandOut, o Cursor) error {
	words := []any{"OPEN", o.Name, h.Prefix}
	for _, word := range h.which() {
		words = append(words, word)
	}
	if o.Random {
		words = append(words, "RANDOM", digits(o.Seed))
	}
	if o.Limit > 0 {
		words = append(words, "LIMIT", digits(o.Limit))
	}
	if o.Loop {
		words = append(words, "LOOP")
	}
	_, err := c.Do(ctx, "PT.CURSOR", words...)
	return err
}

// NextOfCursor asks a cursor for up to n IDs, which are appended to dst.
func (c *Client) NextOfCursor(ctx context.Context, name string, h *HandOut, dst []uint64, n int) (Handed, error) {
	return c.handed(ctx, h, dst, n, []string{"PT.CURSOR", "NEXT", name, "COUNT", strconv.Itoa(n)})
}

// CloseCursor ends one, if it is there.
func (c *Client) CloseCursor(ctx context.Context, name string) error {
	_, err := c.askNumber(ctx, "PT.CURSOR", "CLOSE", name)
	return err
}

// Cursors are the names of all.
func (c *Client) Cursors(ctx context.Context) ([]string, error) {
	reply, err := c.Do(ctx, "PT.CURSOR", "LIST")
	if err != nil {
		return nil, err
	}
	names, err := redis.Strings(reply, nil)
	return names, c.about("PT.CURSOR LIST", err)
}
