package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/rueidis"
)

// scanPage is how many runs are asked for at a time. A page is read while the next one is on its way.
const scanPage = 1 << 14

// errReply is for a server that is no Prefix Tracker, or one with replies that we do not know.
var errReply = errors.New("the reply is not as it should be")

// Scan gives to the IDs of a prefix that exist from min to max-1, ascending, as runs: n IDs from start on. What
// is added or removed meanwhile may be among them or not. It ends at the first error, that of to included.
func (c *Client) Scan(ctx context.Context, prefix string, min, max uint64, to func(start, n uint64) error) error {
	ctx, stop := context.WithCancel(ctx)
	type page struct {
		runs []rueidis.RedisMessage
		err  error
	}
	pages := make(chan page, 1)
	go func() {
		defer close(pages)
		for cursor := "0"; ; {
			var p page
			cursor, p.runs, p.err = c.scanPage(ctx, prefix, cursor, min, max)
			select {
			case pages <- p:
			case <-ctx.Done():
				return
			}
			if p.err != nil || cursor == "0" {
				return
			}
		}
	}()
	defer func() {
		stop()
		for range pages { // until who asks has ended
		}
	}()
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i := range p.runs {
			start, n, err := asRun(&p.runs[i])
			if err == nil {
				err = to(start, n)
			}
			if err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (c *Client) scanPage(ctx context.Context, prefix, cursor string, min, max uint64) (next string, runs []rueidis.RedisMessage, err error) {
	reply, err := c.Do(ctx, "PT.SCAN", prefix, cursor, "RANGE", digits(min), digits(max), "COUNT", digits(scanPage), "RUNS")
	if err != nil {
		return "", nil, err
	}
	parts, err := reply.ToArray()
	if err == nil && len(parts) != 2 {
		err = errReply
	}
	if err == nil {
		next, err = parts[0].ToString()
	}
	if err == nil {
		runs, err = parts[1].ToArray()
	}
	if err != nil {
		return "", nil, fmt.Errorf("PT.SCAN: %w", err)
	}
	return next, runs, nil
}

func asRun(message *rueidis.RedisMessage) (start, n uint64, err error) {
	pair, err := message.ToArray()
	if err == nil && len(pair) != 2 {
		err = errReply
	}
	var from, length int64
	if err == nil {
		from, err = pair[0].ToInt64()
	}
	if err == nil {
		length, err = pair[1].ToInt64()
	}
	if err == nil && (from < 0 || length <= 0) {
		err = errReply
	}
	if err != nil {
		return 0, 0, fmt.Errorf("PT.SCAN: %w", err)
	}
	return uint64(from), uint64(length), nil
}
