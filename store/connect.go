package store

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"

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
		var conn net.Conn
		var err error
		if security != nil {
			conn, err = (&tls.Dialer{NetDialer: dialer, Config: security}).DialContext(ctx, "tcp", addr)
		} else {
			conn, err = dialer.DialContext(ctx, "tcp", addr)
		}
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
	return nil, explain(o.InitAddress[0], err)
}
