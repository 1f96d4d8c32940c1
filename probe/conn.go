package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

// Server is where a server is, and what it asks for.
type Server struct {
	Network, Address string      // as [net.Dial] has them
	TLS              *tls.Config // nil: without TLS
	Password         string      // "": without AUTH
}

// conn is a connection to a server, which has let us in.
type conn struct {
	net.Conn
	in *bufio.Reader
}

// maxReply is more than any reply that is asked for; a stranger may say anything.
const maxReply = 1 << 20

// refusal is a reply that is an error.
type refusal string

func (r refusal) Error() string { return string(r) }

var errNotRedis = errors.New("what it says is not the Redis protocol")

// connect returns a connection that ends with ctx.
func (s Server) connect(ctx context.Context) (*conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, s.Network, s.Address)
	if err != nil {
		return nil, err
	}
	if s.TLS != nil {
		raw = tls.Client(raw, s.TLS)
	}
	context.AfterFunc(ctx, func() { _ = raw.Close() }) // who reads from it is told
	c := &conn{raw, bufio.NewReader(raw)}
	if s.Password != "" {
		if _, err := c.ask("AUTH", s.Password); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ask sends a command and returns its reply; one that is an error is an error.
func (c *conn) ask(words ...string) (string, error) {
	command := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, w := range words {
		command = fmt.Appendf(command, "$%d\r\n%s\r\n", len(w), w)
	}
	_, failed := c.Write(command)
	// A server that lets nobody in says why before it closes.
	line, err := c.line()
	switch {
	case err != nil && failed != nil:
		return "", failed
	case err != nil:
		return "", err
	case line == "":
		return "", errNotRedis
	}
	switch kind, rest := line[0], line[1:]; kind {
	case '+':
		return rest, nil
	case '-':
		return "", refusal(printable(rest))
	case '$':
		return c.bulk(rest)
	}
	return "", errNotRedis
}

func (c *conn) bulk(header string) (string, error) {
	n, err := strconv.Atoi(header)
	if err != nil || n < 0 || n > maxReply {
		return "", errNotRedis
	}
	text := make([]byte, n+len("\r\n"))
	_, err = io.ReadFull(c.in, text)
	return string(text[:n]), err
}

func (c *conn) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = errNotRedis
	}
	return strings.TrimRight(string(line), "\r\n"), err
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

// why says in one line what has gone wrong with a server.
func (s Server) why(ctx context.Context, err error) error {
	var system *os.SyscallError
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		err = errors.New("no answer in time")
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it has closed the connection")
	case errors.As(err, &system):
		err = system.Err
	}
	return fmt.Errorf("%s: %w", s.Address, err)
}
