package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// Options are where a server is, and what it asks for.
type Options struct {
	Network, Address string      // as [net.Dial] has them
	TLS              *tls.Config // nil: without TLS
	Password         string      // "": without AUTH
}

// Client is one connection to a server. It is made again after it was lost, by the next call;
// what was asked for meanwhile is not asked again, as a change may have been made. All methods
// may be called from several goroutines at once, and what they ask is sent in one stream.
type Client struct {
	address string
	conn    rueidis.Client
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

const (
	dialTime = 5 * time.Second
	pingGap  = 5 * time.Second
	// A command that others wait behind may take long: it is no sign that the server is gone.
	silence = time.Minute
)

// Dial returns a connection to a server that has let us in.
func Dial(o Options) (*Client, error) {
	c := &Client{address: o.Address}
	conn, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress: []string{o.Address},
		Password:    o.Password,
		DialCtxFn: func(ctx context.Context, _ string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
			conn, err := d.DialContext(ctx, o.Network, o.Address)
			if err != nil || o.TLS == nil {
				return conn, err
			}
			secure := tls.Client(conn, o.TLS)
			if err := secure.HandshakeContext(ctx); err != nil {
				_ = conn.Close()
				return nil, err
			}
			return secure, nil
		},
		Dialer:            net.Dialer{Timeout: dialTime, KeepAlive: pingGap},
		ConnWriteTimeout:  silence,
		ForceSingleClient: true, // a tracker is no part of a cluster
		PipelineMultiplex: -1,   // one connection
		AlwaysPipelining:  true, // only then a call ends with its context
		DisableCache:      true,
		DisableRetry:      true,
	})
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, c.why(err)
	}
	c.conn = conn
	return c, nil
}

// Do asks one thing. Its error is a [Refusal], that of the context, or has [ErrLost] in it.
func (c *Client) Do(ctx context.Context, words ...string) (rueidis.RedisMessage, error) {
	reply, err := c.conn.Do(ctx, c.conn.B().Arbitrary(words...).Build()).ToMessage()
	if err != nil && !rueidis.IsRedisNil(err) {
		return reply, c.why(err)
	}
	return reply, nil
}

// Close ends the connection.
func (c *Client) Close() { c.conn.Close() }

// why says in one line what has gone wrong.
func (c *Client) why(err error) error {
	var system *os.SyscallError
	refused, isRefusal := rueidis.IsRedisErr(err)
	switch {
	case isRefusal:
		return Refusal(printable(refused.Error()))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: no answer: %w", c.address, err)
	case errors.As(err, &system):
		err = system.Err
	}
	return fmt.Errorf("%s: %w: %s", c.address, ErrLost, printable(err.Error())) // of a certificate, it may have a stranger's words
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
