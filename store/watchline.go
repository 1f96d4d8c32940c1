package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	pingEvery = 500 * time.Millisecond
	// deadAfter is how long nothing at all is heard on a connection, not even an answer, until it counts as
	// dead. A server that is slow, or has much to tell, is not.
	deadAfter  = 3 * time.Second
	soonAgain  = 50 * time.Millisecond
	latestThen = 5 * time.Second
)

// line is the connection on which one primary is listened to, and the next one when it breaks.
type line struct {
	watch *watch
	addr  string
	end   context.CancelFunc

	// Guarded by watch.mu.
	heard bool
	lag   time.Duration

	began time.Time
	sent  atomic.Int64 // how long after that the ping was sent that is not answered yet, 0 for none
}

var errDead = errors.New("nothing was heard for long")

// keep listens until ctx ends.
func (l *line) keep(ctx context.Context) {
	wait, lost := soonAgain, ""
	for {
		err := l.listen(ctx, lost)
		if l.isHeard(false, 0) {
			wait = soonAgain
		}
		if ctx.Err() != nil {
			return
		}
		if !passes(err) {
			l.watch.fail(err)
			return
		}
		if lost == "" {
			lost = err.Error()
		}
		if pause(ctx, wait) != nil {
			return
		}
		wait = min(2*wait, latestThen)
	}
}

// isHeard notes how it is and returns whether it was heard before.
func (l *line) isHeard(heard bool, lag time.Duration) (was bool) {
	l.watch.mu.Lock()
	was, l.heard, l.lag = l.heard, heard, lag
	l.watch.mu.Unlock()
	l.watch.report()
	return was
}

// listen opens a connection and returns when it ends. lost is why the one before did. The connection
// takes nothing but subscriptions and pings: all else is asked on others.
func (l *line) listen(ctx context.Context, lost string) error {
	ctx, cut := context.WithCancelCause(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer cut(nil)
	var doubt, blind string
	var before atOnce
	if err := l.aside(ctx, func(c *conn) (err error) {
		if doubt, _, err = speaks(ctx, c, l.watch.configure); err == nil {
			before, blind, err = countAtOnce(ctx, c)
		}
		return err
	}); err != nil {
		return err
	}
	c, err := l.watch.servers.connect(ctx, l.addr, l.watch.servers.login())
	if err != nil {
		return err
	}
	defer c.end()
	let := context.AfterFunc(ctx, func() { c.net.Close() })
	defer let()
	heard := redis.PubSubConn{Conn: c.redis}
	patterns := make([]any, len(l.watch.patterns))
	for i, pattern := range l.watch.patterns {
		patterns[i] = pattern
	}
	l.sent.Store(int64(time.Since(l.began)))
	if err := cmp.Or(heard.PSubscribe(patterns...), heard.Ping("")); err != nil {
		return l.ended(ctx, err)
	}
	for first := true; ; {
		switch told := heard.ReceiveWithTimeout(deadAfter).(type) {
		case redis.Message:
			_, key, _ := strings.Cut(told.Channel, "__:")
			if kind, ok := kindOf(string(told.Data)); ok {
				l.watch.to.Event(Event{Key: key, Kind: kind})
			}
		case redis.Pong: // it comes behind all that has happened before
			l.isHeard(true, time.Since(l.began)-time.Duration(l.sent.Swap(0)))
			if !first {
				continue
			}
			first = false
			if lost == "" {
				lost = "listening to " + l.addr + " has begun"
			} else {
				lost = "it was not heard for a while: " + lost
			}
			l.watch.to.Gap(lost + doubt + blind)
			others.Go(func() { l.ping(ctx, heard, cut) })
			others.Go(func() { l.look(ctx, before, cut) })
		case error:
			return l.ended(ctx, cmp.Or(c.redis.Err(), told))
		}
	}
}

// ended says why a connection has.
func (l *line) ended(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: %w", l.addr, errDead)
	}
	return explain(l.addr, err)
}

// aside asks something on another connection.
func (l *line) aside(ctx context.Context, ask func(c *conn) error) error {
	c, err := l.watch.servers.take(ctx, l.addr)
	if err != nil {
		return err
	}
	defer l.watch.servers.give(c)
	return ask(c)
}

// ping asks for an answer again and again, and says how long it is waited for.
func (l *line) ping(ctx context.Context, to redis.PubSubConn, cut context.CancelCauseFunc) {
	for pause(ctx, pingEvery) == nil {
		if sent := l.sent.Load(); sent != 0 {
			l.isHeard(true, time.Since(l.began)-time.Duration(sent))
			continue
		}
		l.sent.Store(int64(time.Since(l.began)))
		if err := to.Ping(""); err != nil {
			cut(explain(l.addr, err))
			return
		}
	}
}

// look sees to it that the server still tells what is needed, and finds what it tells no events of. A server
// that does not answer here is not lost: who listens knows better, and nothing is missed by being late.
func (l *line) look(ctx context.Context, before atOnce, cut context.CancelCauseFunc) {
	for pause(ctx, pingEvery) == nil {
		set := false
		err := l.aside(ctx, func(c *conn) (err error) {
			patience, end := context.WithTimeout(ctx, deadAfter)
			defer end()
			if _, set, err = speaks(patience, c, l.watch.configure); err != nil || set {
				return err
			}
			now, blind, err := countAtOnce(patience, c)
			if err == nil && blind == "" {
				now.tell(before, l.addr, l.watch.to)
				before = now
			}
			return err
		})
		switch {
		case set:
			cut(fmt.Errorf("%s: %w", l.addr, errSet))
			return
		case err != nil && !passes(err):
			cut(err)
			return
		}
	}
}
