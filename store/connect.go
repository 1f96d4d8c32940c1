package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/redis/rueidis"
)

var errBroken = errors.New("the connection has broken")

// connect makes a client of one connection, which does not last longer than this: the library would make
// another one unseen, perhaps to another process at the address. When ctx ends before the server has
// let us in, so does the connection: the library waits for a silent server as long as it may.
func connect(ctx context.Context, o rueidis.ClientOption) (rueidis.Client, error) {
	var made atomic.Bool
	let := func() bool { return true }
	o.DialCtxFn = func(_ context.Context, addr string, dialer *net.Dialer, security *tls.Config) (net.Conn, error) {
		if made.Swap(true) {
			return nil, errBroken
		}
		conn, err := dial(ctx, addr, dialer, security)
		if err == nil {
			let = context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	c, err := rueidis.NewClient(o)
	if !let() && err == nil {
		err = context.Cause(ctx)
	}
	if err == nil {
		return c, nil
	}
	if c != nil {
		c.Close()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, greeting(o, err)
}

// dial connects. What the server says is guarded.
func dial(ctx context.Context, addr string, dialer *net.Dialer, security *tls.Config) (net.Conn, error) {
	var conn net.Conn
	var err error
	if security != nil {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: security}).DialContext(ctx, "tcp", addr)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", addr)
	}
	if err != nil {
		return nil, err
	}
	return &guarded{Conn: conn}, nil
}

// greeting says why a server did not let us in. One that wants TLS, or a certificate, and does not get it, just goes.
func greeting(o rueidis.ClientOption, err error) error {
	addr := o.InitAddress[0]
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		if o.TLSConfig != nil {
			return fmt.Errorf("%s does not answer within %v: does it speak TLS at this port?", addr, dialTime)
		}
		return fmt.Errorf("%s does not answer within %v", addr, dialTime)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		if o.TLSConfig == nil {
			return fmt.Errorf("%s ends the connection without an answer: does it want TLS (rediss://)?", addr)
		}
		return fmt.Errorf("%s ends the TLS connection without an answer: does it want a certificate (cert= and key=)?", addr)
	}
	return explain(addr, err)
}
