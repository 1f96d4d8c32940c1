package resp_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// held starts a server of one loop, which does nothing else while a handler executes WAIT: entered
// tells that it does, and it goes on after goOn. PING is record's.
func held(t *testing.T, record func(c *resp.Conn)) (server *resp.Server, addr string, entered, goOn chan struct{}) {
	t.Helper()
	onLoops(t)
	entered, goOn = make(chan struct{}), make(chan struct{})
	server, addr, _ = start(t, 1, func(c *resp.Conn, args [][]byte) {
		if string(args[0]) == "WAIT" {
			entered <- struct{}{}
			<-goOn
		} else if record != nil && string(args[0]) == "PING" {
			record(c)
		}
		c.OK()
	})
	return server, addr, entered, goOn
}

// dialIn is dial for a client that its loop knows already.
func dialIn(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, r := dial(t, addr)
	send(t, c, "HI\r\n")
	expect(t, r, "+OK\r\n")
	return c, r
}

// The replies of a turn leave together: when a command is executed, those to others of the same turn
// have not left yet.
func TestTurn_RepliesLeaveTogether(t *testing.T) {
	out := make(chan uint64, 2)
	_, addr, entered, goOn := held(t, func(c *resp.Conn) {
		out <- figuresOf(c.Server).Traffic.BytesOut
	})
	holder, fromHolder := dialIn(t, addr)
	a, fromA := dialIn(t, addr)
	b, fromB := dialIn(t, addr)
	send(t, holder, "WAIT\r\n")
	<-entered
	send(t, a, "PING\r\n")
	send(t, b, "PING\r\n")
	close(goOn)
	expect(t, fromHolder, "+OK\r\n")
	expect(t, fromA, "+OK\r\n")
	expect(t, fromB, "+OK\r\n")
	if first, second := <-out, <-out; first != second {
		t.Errorf("%d bytes had left before the first command, %d before the second: its reply did not wait", first, second)
	}
}

// A client that ends its side gets the replies that wait for the end of the turn.
func TestTurn_EndsWithItsReplies(t *testing.T) {
	_, addr, entered, goOn := held(t, nil)
	holder, _ := dialIn(t, addr)
	c, r := dialIn(t, addr)
	send(t, holder, "WAIT\r\n")
	<-entered
	// As much as one read takes, so that the loop reads again after this turn,
	// when there are another event, some input, and the end.
	const commands = (64<<10 - len("WAIT\r\n")) / len("PING\r\n")
	send(t, c, strings.Repeat("PING\r\n", commands)+strings.Repeat("\n", 64<<10-6*commands-6)+"WAIT\r\n")
	goOn <- struct{}{}
	<-entered
	send(t, c, "PING\r\nPING\r\n")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	goOn <- struct{}{}
	all, err := io.ReadAll(r)
	if want := strings.Repeat("+OK\r\n", commands+3); err != nil || string(all) != want {
		t.Errorf("%d bytes come, %v, want %d", len(all), err, len(want))
	}
}

// A stop in the middle of a turn comes behind the replies of that turn.
func TestTurn_StopsBehindItsReplies(t *testing.T) {
	server, addr, entered, goOn := held(t, nil)
	holder, fromHolder := dialIn(t, addr)
	c, r := dialIn(t, addr)
	send(t, holder, "WAIT\r\n")
	<-entered
	send(t, c, "PING\r\n")
	stopped := make(chan error, 1)
	go func() { stopped <- server.Shutdown(context.Background()) }()
	eventually(t, "the listener is closed", func() bool {
		nc, err := net.Dial("tcp", addr)
		if err == nil {
			_ = nc.Close()
		}
		return err != nil
	})
	_ = figuresOf(server) // has the lock that Shutdown holds until it has roused the loop
	close(goOn)
	expect(t, fromHolder, "+OK\r\n")
	if all, err := io.ReadAll(r); err != nil || string(all) != "+OK\r\n" {
		t.Errorf("%q, %v", all, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
