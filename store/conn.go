package store

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/gomodule/redigo/redis"
)

// readAtOnce is how much is read at a time: the library reads 4 KB, and a page of keys has hundreds.
const readAtOnce = 64 << 10

// conn is a connection to one server that has let us in. Who has it is alone with it.
type conn struct {
	servers *servers
	addr    string
	net     net.Conn // the lowest one: to end it waits for nobody
	top     net.Conn // what is spoken over
	redis   redis.Conn
	broken  bool
	since   time.Time // idle
}

// login is how one gets in.
type login struct {
	user, password string
	db             int
}

// connect makes a connection to one server. Its owner ends it, or puts it back.
func (s *servers) connect(ctx context.Context, addr string, as login) (*conn, error) {
	security, err := s.security()
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	low, top, err := dial(within, addr, security)
	if err == nil {
		c := &conn{servers: s, addr: addr, net: low, top: top, redis: redis.NewConn(&guarded{Conn: top, in: bufio.NewReaderSize(top, readAtOnce)}, replyTime, replyTime)}
		if !s.register(c) {
			low.Close()
			return nil, errClosed
		}
		within, cancel := context.WithTimeout(ctx, dialTime)
		defer cancel()
		if err = c.enter(within, as); err == nil {
			return c, nil
		}
		c.end()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, greeting(addr, security != nil, err)
}

// dial connects, and returns what ends it at once and what is spoken over.
func dial(ctx context.Context, addr string, security *tls.Config) (low, top net.Conn, err error) {
	if security == nil {
		low, err = (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		return low, low, err
	}
	top, err = (&tls.Dialer{Config: security}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	return top.(*tls.Conn).NetConn(), top, nil
}

// enter logs in, and says who we are: by HELLO, which every user may say. Older servers do not know it.
func (c *conn) enter(ctx context.Context, as login) error {
	words := []any{"2"}
	known := as.user != "" || as.password != ""
	if known {
		words = append(words, "AUTH", cmp.Or(as.user, "default"), as.password)
	}
	_, err := c.do(ctx, "HELLO", append(words, "SETNAME", "prefixtracker")...)
	if said, ok := refused(err); ok && strings.HasPrefix(said, "ERR unknown command") {
		err = nil
		if known {
			_, err = c.do(ctx, "AUTH", as.password)
		}
	}
	if err == nil && as.db != 0 {
		_, err = c.do(ctx, "SELECT", as.db)
	}
	return err
}

// do asks for one thing.
func (c *conn) do(ctx context.Context, command string, args ...any) (any, error) {
	return c.during(ctx, func() (any, error) { return c.redis.Do(command, args...) })
}

// pipeline asks for all that send sends, and returns all answers; some may be errors.
func (c *conn) pipeline(ctx context.Context, send func() error) ([]any, error) {
	return redis.Values(c.during(ctx, func() (any, error) {
		if err := send(); err != nil {
			return nil, err
		}
		return c.redis.Do("")
	}))
}

// during has the connection end when ctx does before f has.
func (c *conn) during(ctx context.Context, f func() (any, error)) (any, error) {
	let := context.AfterFunc(ctx, func() { c.net.Close() })
	reply, err := f()
	if !let() {
		c.broken = true
		return nil, context.Cause(ctx)
	}
	if _, ok := refused(err); err != nil && !ok {
		c.broken = true
		if first := c.redis.Err(); first != nil {
			err = first // what is said of a connection after its end is not why it ended
		}
	}
	return reply, err
}

// refused returns what a server says that does not do what it was asked for.
func refused(err error) (said string, ok bool) {
	var e redis.Error
	ok = errors.As(err, &e)
	return string(e), ok
}

// end closes the connection.
func (c *conn) end() {
	c.net.Close()
	c.servers.unregister(c)
}

// greeting says why a server did not let us in. One that wants TLS, or a certificate, and does not get it, just goes.
func greeting(addr string, secure bool, err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		if secure {
			return fmt.Errorf("%s does not answer within %v: does it speak TLS at this port?", addr, dialTime)
		}
		return fmt.Errorf("%s does not answer within %v", addr, dialTime)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		if !secure {
			return fmt.Errorf("%s ends the connection without an answer: does it want TLS (rediss://)?", addr)
		}
		return fmt.Errorf("%s ends the TLS connection without an answer: does it want a certificate (cert= and key=)?", addr)
	}
	return explain(addr, err)
}
