package remote

import (
	"context"
	"strconv"
	"strings"

	"github.com/gomodule/redigo/redis"
)

// Prefix is what a server says of a prefix.
type Prefix struct {
	There bool
	MaxID uint64 // the first ID that it cannot have, 0: it has no bound
	Room  uint64 // all IDs that exist are below it
	Width int
	Tag   string
	// Expired is how many leases of it have ended by time.
	Expired uint64
}

// noPrefix is how the refusal of a question after a missing prefix begins, without its code ERR.
const noPrefix = "no such prefix"

// Prefix asks after a prefix. That it is missing is no error.
func (c *Client) Prefix(ctx context.Context, name string) (p Prefix, err error) {
	fields, err := c.askFields(ctx, "PT.INFO", name)
	if refusal, ok := err.(Refusal); ok && strings.HasPrefix(string(refusal), noPrefix) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.There = true
	number := func(name string) (n uint64) {
		if field := fields[name]; err == nil && field != nil {
			n, err = redis.Uint64(field, nil)
		}
		return n
	}
	p.MaxID, p.Room, p.Width = number("max_id"), number("capacity"), int(number("width"))
	p.Expired = number("leases_expired")
	if err == nil {
		p.Tag, err = redis.String(fields["tag"], nil)
	}
	return p, c.about("PT.INFO", err)
}

// Create makes a prefix, if it is not there with the same settings. A bound of 0 is that of the server, for all that
// it makes; so is a width below 0.
func (c *Client) Create(ctx context.Context, name string, maxID uint64, width int, tag string) error {
	words := []any{name, "IFNOTEXISTS"}
	if maxID > 0 {
		words = append(words, "MAXID", digits(maxID))
	}
	if width >= 0 {
		words = append(words, "WIDTH", width)
	}
	if tag != "" {
		words = append(words, "TAG", tag)
	}
	_, err := c.Do(ctx, "PT.CREATE", words...)
	return err
}

// DefaultMaxID is the bound of a prefix that is made without one, 0 for none.
func (c *Client) DefaultMaxID(ctx context.Context) (uint64, error) {
	said, err := c.Setting(ctx, "default-max-id")
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(said, 10, 64)
}

// CountOf returns how many of the IDs that h may hand out exist, or do not; in flight they are neither.
func (c *Client) CountOf(ctx context.Context, h *HandOut, existing bool) (uint64, error) {
	words := []any{h.Prefix, "UNSET"}
	if existing {
		words[1] = "SET"
	}
	for _, word := range h.which() {
		words = append(words, word)
	}
	return c.askNumber(ctx, "PT.COUNT", words...)
}

// Count returns how many IDs of a prefix exist from min to max-1.
func (c *Client) Count(ctx context.Context, name string, min, max uint64) (uint64, error) {
	return c.askNumber(ctx, "PT.COUNT", name, "RANGE", digits(min), digits(max))
}

func digits(n uint64) string { return strconv.FormatUint(n, 10) }
