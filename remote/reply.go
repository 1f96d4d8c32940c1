package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomodule/redigo/redis"
)

// errReply is for a server that is no Prefix Tracker, or one with replies that we do not know.
var errReply = errors.New("the reply is not as it should be")

// askFields asks for what has names, in pairs of a name and what it is of.
func (c *Client) askFields(ctx context.Context, command string, words ...any) (map[string]any, error) {
	reply, err := c.Do(ctx, command, words...)
	if err != nil {
		return nil, err
	}
	fields, err := named(reply)
	return fields, c.about(command, err)
}

// named is what a reply holds by names.
func named(reply any) (map[string]any, error) {
	pairs, err := redis.Values(reply, nil)
	if err == nil && len(pairs)%2 != 0 {
		err = errReply
	}
	fields := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs) && err == nil; i += 2 {
		var name string
		name, err = redis.String(pairs[i], nil)
		fields[name] = pairs[i+1]
	}
	return fields, err
}

func (c *Client) askNumber(ctx context.Context, command string, words ...any) (uint64, error) {
	reply, err := c.Do(ctx, command, words...)
	if err != nil {
		return 0, err
	}
	n, err := redis.Uint64(reply, nil)
	return n, c.about(command, err)
}

// about says in which reply something is wrong.
func (c *Client) about(command string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %s: %w", c.server.Address, command, err)
	}
	return err
}
