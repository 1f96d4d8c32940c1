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
	Width int
	Tag   string
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
	p.MaxID, p.Width = number("max_id"), int(number("width"))
	if err == nil {
		p.Tag, err = redis.String(fields["tag"], nil)
	}
	return p, c.about("PT.INFO", err)
}

// DefaultMaxID is the bound of a prefix that is made without one, 0 for none.
func (c *Client) DefaultMaxID(ctx context.Context) (uint64, error) {
	said, err := c.Setting(ctx, "default-max-id")
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(said, 10, 64)
}

// Count returns how many IDs of a prefix exist from min to max-1.
func (c *Client) Count(ctx context.Context, name string, min, max uint64) (uint64, error) {
	return c.askNumber(ctx, "PT.COUNT", name, "RANGE", digits(min), digits(max))
}

func digits(n uint64) string { return strconv.FormatUint(n, 10) }
