package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/gomodule/redigo/redis"
)

// retryPause is between two tries to reach what is out of reach.
const retryPause = 100 * time.Millisecond

// errSucceeded: others have the keys of a server now, or another process at its address has.
var errSucceeded = errors.New("another server has taken over")

// errCircle: a list comes to no end. What a server passes by, it does not come back to.
var errCircle = errors.New("SCAN goes round in a circle: is there a proxy that does not know it?")

// scanNode gives pages all keys of a node that match. When its connection breaks it makes another and
// goes on where it was, if the same process answers: a cursor means something to that one alone.
func (s *servers) scanNode(ctx context.Context, n node, pattern string, pages chan<- []string) error {
	var cursor uint64
	well := time.Now()
	for {
		done, err := s.scanFrom(ctx, n, pattern, &cursor, pages)
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil: // it has come further
			well = time.Now()
			continue
		case !passes(err) || errors.Is(err, errSucceeded) || time.Since(well) > s.wait:
			return err
		}
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
		if t, err := s.topology(ctx); err == nil && t.succeeded(n) {
			return errSucceeded
		}
	}
}

// scanFrom lists from cursor on over one connection. Its error is nil if it has come further.
func (s *servers) scanFrom(ctx context.Context, n node, pattern string, cursor *uint64, pages chan<- []string) (done bool, err error) {
	c, err := s.connect(ctx, n.addr, s.login())
	if err != nil {
		return false, err
	}
	defer c.end()
	info, err := redis.String(c.do(ctx, "INFO", "server"))
	if err != nil {
		return false, explain(n.addr, err)
	}
	if !strings.Contains(info, "run_id:"+n.runID+"\r\n") {
		return false, errSucceeded
	}
	ask := func(cursor uint64) error {
		err := c.redis.Send("SCAN", strconv.FormatUint(cursor, 10), "MATCH", pattern, "COUNT", s.pageSize)
		return cmp.Or(err, c.redis.Flush())
	}
	further := false
	asked := ask(*cursor)
	for listed, mark := 0, *cursor; ; listed++ {
		var next uint64
		var keys []any
		if asked == nil {
			next, keys, asked = scanned(c.during(ctx, c.redis.Receive))
		}
		if asked != nil {
			if err = explain(n.addr, asked); further && passes(err) {
				err = nil
			}
			return false, err
		}
		circle := next == mark
		if next != 0 && !circle {
			asked = ask(next) // the server looks for them while these are handled
		}
		if page := names(keys); len(page) > 0 {
			select {
			case pages <- page:
			case <-ctx.Done():
				return false, context.Cause(ctx)
			}
		}
		further, *cursor = true, next
		switch {
		case next == 0:
			return true, nil
		case circle:
			return false, permanent{fmt.Errorf("%s: %w", n.addr, errCircle)}
		case listed&(listed-1) == 0: // what comes back is met, however long the way is
			mark = next
		}
	}
}

// scanned reads an answer to SCAN.
func scanned(reply any, err error) (next uint64, keys []any, _ error) {
	parts, err := redis.Values(reply, err)
	if err == nil && len(parts) != 2 {
		err = errNonsense
	}
	if err != nil {
		return 0, nil, err
	}
	cursor, err := redis.String(parts[0], err)
	if err != nil {
		return 0, nil, err
	}
	if next, err = strconv.ParseUint(cursor, 10, 64); err != nil {
		return 0, nil, errNonsense
	}
	keys, err = redis.Values(parts[1], nil)
	return next, keys, err
}

// names are the keys of a page. Nobody has their bytes but us, so they need not be copied: there are millions.
func names(keys []any) []string {
	page := make([]string, 0, len(keys))
	for _, key := range keys {
		switch key := key.(type) {
		case []byte:
			page = append(page, unsafe.String(unsafe.SliceData(key), len(key)))
		case string:
			page = append(page, key)
		}
	}
	return page
}

// succeeded tells whether another process, or other nodes, have what n had.
func (t *topology) succeeded(n node) bool {
	if now, ok := t.find(n.id); ok {
		return now.runID != n.runID
	}
	for _, other := range t.primaries {
		if o := other.own.and(n.own); !o.empty() {
			return true
		}
	}
	return false
}

// escaped is a glob that matches what begins with prefix.
func escaped(prefix string) string {
	var b strings.Builder
	for i := range len(prefix) {
		if strings.IndexByte(`*?[]\`, prefix[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(prefix[i])
	}
	return b.String() + "*"
}
