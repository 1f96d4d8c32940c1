package remote

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	dialTime = 5 * time.Second
	// A command that others wait behind may take long: it is no sign that the server is gone.
	silence = time.Minute
	// A connection that nobody has used for longer may have been closed by the other end, or by
	// what is between: the next question would be what finds out, and come to nothing.
	trusted = time.Second
	// Pages of IDs are long.
	buffer = 1 << 18
)

// line is a connection, the zero value none.
type line struct {
	redis.Conn
	flow  *buffered
	under net.Conn // without TLS, whose end takes the time that it takes to say so
}

func (l *line) close() {
	if l.Conn != nil {
		_ = l.Conn.Close()
	}
	*l = line{}
}

// cutBy has the end of ctx break the connection, until stop, which returns false if it has.
func (l *line) cutBy(ctx context.Context) (stop func() bool) {
	under := l.under
	return context.AfterFunc(ctx, func() { _ = under.Close() })
}

// connect makes one.
func (o *Options) connect(ctx context.Context) (l line, err error) {
	soon, end := context.WithTimeout(ctx, dialTime)
	defer end()
	defer func() {
		if err != nil && ended(soon) != nil {
			err = fmt.Errorf("not within %v", dialTime)
		}
	}()
	var d net.Dialer
	if l.under, err = d.DialContext(soon, o.Network, o.Address); err != nil {
		return l, err
	}
	stop := l.cutBy(soon)
	top := l.under
	if o.TLS != nil {
		secure := tls.Client(l.under, o.TLS)
		top, err = secure, secure.Handshake()
	}
	l.flow = newBuffered(top)
	l.Conn = redis.NewConn(l.flow, silence, silence)
	switch {
	case err != nil:
	case o.Password != "":
		_, err = l.Do("AUTH", o.Password)
	default:
		_, err = l.Do("PING") // who does not answer this is no server
	}
	if !stop() && err == nil {
		err = soon.Err()
	}
	if err != nil {
		l.close()
	}
	return l, err
}

// ended is the error of a context that has ended, or is about to: a dialer is done at its time, and does not wait for it.
func ended(ctx context.Context) error {
	if by, ok := ctx.Deadline(); ok && !time.Now().Before(by) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// buffered takes and gives more at once than redigo does. What is left to be given goes before
// something is waited for.
type buffered struct {
	net.Conn
	from *bufio.Reader
	to   *bufio.Writer
}

func newBuffered(conn net.Conn) *buffered {
	return &buffered{conn, bufio.NewReaderSize(conn, buffer), bufio.NewWriterSize(conn, buffer)}
}

func (b *buffered) Write(from []byte) (int, error) { return b.to.Write(from) }

func (b *buffered) Read(to []byte) (int, error) {
	if err := b.to.Flush(); err != nil {
		return 0, err
	}
	return b.from.Read(to)
}

// turn is the time in which somebody has the connection for himself.
type turn struct {
	redis.Conn
	client *Client
	stop   func() bool // false: the context has broken the connection
	broken bool        // by other means than redigo's
}

// begin waits for a turn, and has the end of ctx break the connection until its end.
func (c *Client) begin(ctx context.Context) (*turn, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, c.why(ctx, ctx.Err())
	}
	err := ctx.Err()
	if err == nil && (c.line.Conn == nil || time.Since(c.used) > trusted) {
		c.line.close()
		c.line, err = c.server.connect(ctx)
	}
	if err != nil {
		<-c.turn
		return nil, c.why(ctx, err)
	}
	return &turn{Conn: c.line.Conn, client: c, stop: c.line.cutBy(ctx)}, nil
}

func (t *turn) end() {
	c := t.client
	if !t.stop() || t.broken || t.Err() != nil {
		c.line.close()
	}
	c.used = time.Now()
	<-c.turn
}
