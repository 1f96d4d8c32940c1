package integration_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// manyLongPrefixes are what a pattern takes long to be matched with: longPattern seconds, endlessPattern minutes.
const manyLongPrefixes = 20_000

var (
	longPattern    = "*" + strings.Repeat("a", 50) + "c"
	endlessPattern = "*" + strings.Repeat("[a]", 250) + "c"
)

// createLongPrefixes makes them.
func createLongPrefixes(t *testing.T, c *client) {
	t.Helper()
	pipelined(t, c, manyLongPrefixes, func(i int) []string {
		return []string{"PT.CREATE", strings.Repeat("a", 500) + fmt.Sprint(i)}
	})
}

// TestWorkEndsWithItsClient: what is made ready for a reply, before the first byte of it, is work for nobody
// once the client is gone, whatever the way: killed, reset, or closed. (The whole takes minutes.)
func TestWorkEndsWithItsClient(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startServer(t, "--write-timeout", "1s")
	operator := connect(t, s.addr)
	createLongPrefixes(t, operator)
	for name, end := range map[string]func(c *client){
		"killed": func(c *client) { operator.mustDo(t, "CLIENT KILL ADDR "+c.conn.LocalAddr().String(), integer(1)) },
		"reset": func(c *client) {
			c.conn.(*net.TCPConn).SetLinger(0)
			c.close()
		},
		"closed": func(c *client) { c.close() },
	} {
		c := connect(t, s.addr)
		c.send("KEYS", endlessPattern)
		before := s.cpuTime(t)
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is at work", func() bool { return (s.cpuTime(t) - before).Milliseconds() > 50 })
		end(c)
		eventually(t, "the work for a client that is "+name+" ends", func() bool { return infoField(t, operator, "connected_clients") == 1 })
	}
}

// TestWhoEndsHisSideGetsAll: a client that has ended its side waits for its replies, as at the end of a pipe.
func TestWhoEndsHisSideGetsAll(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	createLongPrefixes(t, c)
	const commands = 4
	for range commands {
		c.send("KEYS", longPattern)
	}
	if err := c.out.Flush(); err != nil {
		t.Fatal(err)
	}
	c.conn.(*net.TCPConn).CloseWrite()
	for range commands {
		if r, err := c.receive(); err != nil || r.raw != "*0\r\n" {
			t.Fatalf("%.100q, %v", r.raw, err)
		}
	}
	if _, err := c.receive(); err != io.EOF {
		t.Errorf("behind the replies: %v", err)
	}
}
