package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client is a plain RESP connection that keeps the exact bytes of each reply.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
	raw  []byte

	extended time.Time
}

// reply is one decoded reply. A map is its keys and values in turn.
type reply struct {
	kind  byte // first byte on the wire; 0 for a null of either protocol
	text  string
	items []reply
	raw   string // exact bytes, of the outermost reply only
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), out: bufio.NewWriterSize(conn, 64<<10)}, nil
}

func connect(t *testing.T, addr string) *client {
	t.Helper()
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func (c *client) close() { c.conn.Close() }

// send queues a command; receive flushes what is queued.
func (c *client) send(args ...string) {
	c.extendDeadline()
	c.header('*', len(args))
	for _, arg := range args {
		c.header('$', len(arg))
		c.out.WriteString(arg)
		c.out.WriteString("\r\n")
	}
}

// extendDeadline costs a look at the clock for all but one command in a second.
func (c *client) extendDeadline() {
	if now := time.Now(); now.Sub(c.extended) > time.Second {
		c.extended = now
		c.conn.SetDeadline(now.Add(patience))
	}
}

func (c *client) header(kind byte, n int) {
	c.out.WriteByte(kind)
	c.out.Write(strconv.AppendInt(c.out.AvailableBuffer(), int64(n), 10))
	c.out.WriteString("\r\n")
}

func (c *client) receive() (reply, error) {
	c.extendDeadline()
	if err := c.out.Flush(); err != nil {
		return reply{}, err
	}
	c.raw = c.raw[:0]
	r, err := c.read()
	r.raw = string(c.raw)
	return r, err
}

func (c *client) do(args ...string) (reply, error) {
	c.send(args...)
	return c.receive()
}

// list runs a command whose reply must be an array and returns its elements' texts.
func (c *client) list(args ...string) ([]string, error) {
	r, err := c.do(args...)
	if err != nil {
		return nil, err
	}
	if r.kind != '*' {
		return nil, fmt.Errorf("%v replied %.200q, want an array", args, r.raw)
	}
	return r.texts(), nil
}

// mustDo sends one command line as words splits it, and compares the reply byte by byte.
func (c *client) mustDo(t *testing.T, line, want string) {
	t.Helper()
	c.mustDoArgs(t, words(line), want)
}

func (c *client) mustDoArgs(t *testing.T, args []string, want string) {
	t.Helper()
	got := c.mustReply(t, args...)
	if got.raw != want {
		t.Fatalf("%.200q\n replied %.300q\n want    %.300q", args, got.raw, want)
	}
}

func (c *client) mustReply(t *testing.T, args ...string) reply {
	t.Helper()
	r, err := c.do(args...)
	if err != nil {
		t.Fatalf("%.200q: %v", args, err)
	}
	return r
}

// words splits a line at spaces. Two single quotes are an empty argument, as in redis-cli.
func words(line string) []string {
	args := strings.Fields(line)
	for i, arg := range args {
		if arg == "''" {
			args[i] = ""
		}
	}
	return args
}

func (c *client) read() (reply, error) {
	start, err := len(c.raw), bufio.ErrBufferFull
	for err == bufio.ErrBufferFull { // a line longer than the buffer
		var piece []byte
		piece, err = c.in.ReadSlice('\n')
		c.raw = append(c.raw, piece...)
	}
	line := c.raw[start:]
	if err != nil {
		if err == io.EOF && len(c.raw) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return reply{}, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return reply{}, fmt.Errorf("not RESP: %q", line)
	}
	r := reply{kind: line[0], text: string(line[1 : len(line)-2])}
	switch r.kind {
	case '+', '-', ':', ',', '#', '(':
		return r, nil
	case '_':
		return reply{}, nil
	}
	n, err := strconv.Atoi(r.text)
	if err != nil || n < -1 {
		return reply{}, fmt.Errorf("not RESP: %q", line)
	}
	if n == -1 {
		return reply{}, nil
	}
	switch r.kind {
	case '$', '=':
		start := len(c.raw)
		c.raw = append(c.raw, make([]byte, n+2)...)
		if _, err := io.ReadFull(c.in, c.raw[start:]); err != nil {
			return reply{}, io.ErrUnexpectedEOF
		}
		r.text = string(c.raw[start : start+n])
		return r, nil
	case '%':
		n *= 2
	case '*', '~', '>':
	default:
		return reply{}, fmt.Errorf("not RESP: %q", line)
	}
	r.text, r.items = "", make([]reply, n)
	for i := range r.items {
		if r.items[i], err = c.read(); err != nil {
			return reply{}, err
		}
	}
	return r, nil
}

func (r reply) texts() []string {
	texts := make([]string, len(r.items))
	for i, item := range r.items {
		texts[i] = item.text
	}
	return texts
}

// field returns the value of a key in a map of either protocol.
func (r reply) field(t *testing.T, name string) reply {
	t.Helper()
	for i := 0; i+1 < len(r.items); i += 2 {
		if r.items[i].text == name {
			return r.items[i+1]
		}
	}
	t.Fatalf("no field %q in %q", name, r.raw)
	return reply{}
}

// The replies of the contract, as bytes.

const (
	null2 = "$-1\r\n"
	null3 = "_\r\n"
)

func simple(s string) string  { return "+" + s + "\r\n" }
func failure(s string) string { return "-" + s + "\r\n" }
func integer(n int) string    { return ":" + strconv.Itoa(n) + "\r\n" }
func bulk(s string) string    { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }

func array(items ...string) string {
	return fmt.Sprintf("*%d\r\n%s", len(items), strings.Join(items, ""))
}

// integers is an array of the integers from first up to, not including, end.
func integers(first, end int) string {
	var items []string
	for n := first; n < end; n++ {
		items = append(items, integer(n))
	}
	return array(items...)
}
