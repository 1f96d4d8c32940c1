package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
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
	blind bool // a flush is not told here
	lag   time.Duration

	last atomic.Int64 // when the latest was heard, by the clock of began
}

var errDead = errors.New("nothing was heard for long")

// keep listens until ctx ends.
func (l *line) keep(ctx context.Context) {
	wait, lost := soonAgain, ""
	for {
		err := l.listen(ctx, lost)
		if l.isHeard(false, false, 0) {
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
func (l *line) isHeard(heard, blind bool, lag time.Duration) (was bool) {
	l.watch.mu.Lock()
	was, l.heard, l.blind, l.lag = l.heard, heard, blind, lag
	l.watch.mu.Unlock()
	l.watch.report()
	return was
}

// listen opens a connection and returns when it ends. lost is why the one before did.
func (l *line) listen(ctx context.Context, lost string) error {
	ctx, cut := context.WithCancelCause(ctx)
	defer cut(nil)
	o, err := l.watch.servers.options(l.addr)
	if err != nil {
		return err
	}
	o.DialCtxFn = func(_ context.Context, addr string, d *net.Dialer, security *tls.Config) (net.Conn, error) {
		conn, err := dial(ctx, addr, d, security)
		if err == nil {
			context.AfterFunc(ctx, func() { conn.Close() }) // else the library waits for a silent server
		}
		return conn, err
	}
	client, err := rueidis.NewClient(o)
	if err != nil {
		return explain(l.addr, err)
	}
	defer client.Close()
	c, release := client.Dedicate()
	defer release()
	defer c.Close()

	doubt, err := speaks(ctx, c, l.addr, l.watch.configure)
	if err != nil {
		return err
	}
	began := time.Now()
	c.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) {
		l.last.Store(int64(time.Since(began)))
		_, key, _ := strings.Cut(m.Channel, "__:")
		if kind, ok := kindOf(m.Message); ok {
			l.watch.to.Event(Event{Key: key, Kind: kind})
		}
	}})
	// Of an invalidation of everything the library tells when a server has flushed, and when the
	// connection has ended; of the latter there is an error before.
	var ended atomic.Pointer[<-chan error]
	errs := c.SetOnInvalidations(func(keys []rueidis.RedisMessage) {
		errs := ended.Load()
		if keys != nil || errs == nil {
			return
		}
		select {
		case err := <-*errs:
			cut(fmt.Errorf("%s: %w", l.addr, err))
		default:
			l.watch.to.Gap(l.addr + ": FLUSHALL or FLUSHDB tells no events")
		}
	})
	ended.Store(&errs)
	// Nothing is read on this connection, so there is nothing else that could be invalidated.
	b := c.B()
	blind := false
	if err := c.Do(ctx, b.ClientTracking().On().Build()).Error(); err != nil {
		if _, ok := rueidis.IsRedisErr(err); !ok {
			return explain(l.addr, err)
		}
		blind = true
		doubt += "; of a flush nothing is told at once: " + err.Error()
	}
	if err := c.Do(ctx, b.Psubscribe().Pattern(l.watch.patterns...).Build()).Error(); err != nil {
		return explain(l.addr, err)
	}
	if err := c.Do(ctx, b.Ping().Build()).Error(); err != nil {
		return explain(l.addr, err)
	}
	l.isHeard(true, blind, 0)
	if lost == "" {
		lost = "listening to " + l.addr + " has begun"
	} else {
		lost = "it was not heard for a while: " + lost
	}
	l.watch.to.Gap(lost + doubt)
	return l.ask(ctx, c, began, blind)
}

// ask asks for an answer again and again: it comes behind all that has happened before.
func (l *line) ask(ctx context.Context, c rueidis.DedicatedClient, began time.Time, blind bool) error {
	for {
		sent := time.Now()
		for answered := false; !answered; {
			patience, end := context.WithTimeout(ctx, deadAfter)
			err := c.Do(patience, c.B().Ping().Build()).Error()
			end()
			lag := time.Since(sent)
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.Is(err, context.DeadlineExceeded):
				if time.Since(began)-time.Duration(l.last.Load()) > deadAfter {
					return fmt.Errorf("%s: %w", l.addr, errDead)
				}
			case err != nil:
				return explain(l.addr, err)
			default:
				answered = true
			}
			l.isHeard(true, blind, lag)
		}
		if err := pause(ctx, pingEvery); err != nil {
			return err
		}
		patience, end := context.WithTimeout(ctx, deadAfter)
		_, err := speaks(patience, c, l.addr, l.watch.configure)
		end()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}
