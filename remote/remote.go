package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Options are where a server is, and what it asks for.
type Options struct {
	Network, Address string      // as [net.Dial] has them
	TLS              *tls.Config // nil: without TLS
	Password         string      // "": without AUTH
}

// Client is one connection to a server. It is made again after it was lost, by the next call;
// what was asked for meanwhile is not asked again, as a change may have been made. All methods
// may be called from several goroutines at once: one waits for the reply to another.
type Client struct {
	server Options

	turn chan struct{} // who has put something in has the rest
	line line
	out  []byte    // kept for the next exchange
	used time.Time // for the last time
}

// ErrLost is for a connection that broke or could not be made: nobody knows whether what was
// asked for has been done.
var ErrLost = errors.New("no connection")

// Refusal is a server's reply that is an error.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Code is its first word, such as BUSY.
func (r Refusal) Code() string {
	code, _, _ := strings.Cut(string(r), " ")
	return code
}

// Dial returns a connection to a server that has let us in.
func Dial(ctx context.Context, o Options) (*Client, error) {
	c := &Client{server: o, turn: make(chan struct{}, 1)}
	t, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	t.end()
	return c, nil
}

// Do asks one thing. A reply is what redigo makes of it, nil for null. An error is a [Refusal],
// that of the context, or has [ErrLost] in it.
func (c *Client) Do(ctx context.Context, command string, words ...any) (any, error) {
	t, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.end()
	reply, err := t.Do(command, words...)
	if err != nil {
		return nil, c.why(ctx, err)
	}
	return reply, nil
}

// Close ends the connection, when nobody uses it any more.
func (c *Client) Close() {
	c.turn <- struct{}{}
	c.line.close()
	<-c.turn
}

// why says in one line what has gone wrong.
func (c *Client) why(ctx context.Context, err error) error {
	var refused redis.Error
	var system *os.SyscallError
	switch {
	case err == nil:
		return nil
	case err == errReply:
		return fmt.Errorf("%s: %w", c.server.Address, err)
	case errors.As(err, &refused):
		return Refusal(printable(strings.TrimPrefix(string(refused), "ERR ")))
	case ended(ctx) != nil:
		return fmt.Errorf("%s: no answer: %w", c.server.Address, ended(ctx))
	case errors.As(err, &system):
		err = system.Err
	}
	return fmt.Errorf("%s: %w: %s", c.server.Address, ErrLost, printable(err.Error())) // of a certificate, it may have a stranger's words
}

// printable is a stranger's text without what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
