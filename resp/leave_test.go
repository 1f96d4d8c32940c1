package resp_test

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// onLoops skips a test of event loops where there are none.
func onLoops(t *testing.T) (loops int) {
	t.Helper()
	t.Parallel()
	if loops = resp.DefaultLoops(); loops == 0 {
		t.Skip("event loops are there on Linux")
	}
	return loops
}

// A connection that leaves its loop in the middle of a batch has every command executed once, in
// order, and all replies in their order.
func TestLeave_KeepsTheOrder(t *testing.T) {
	loops := onLoops(t)
	for leaver := range 5 {
		executed := 0
		var left atomic.Int32
		_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if string(args[0]) == "LONG" && c.LeaveLoop() {
				left.Add(1)
				return
			}
			executed++
			c.Int(int64(executed))
		})
		nc, r := dial(t, addr)
		var commands, replies strings.Builder
		for i := range 10 {
			commands.WriteString(map[bool]string{false: "SHORT\r\n", true: "LONG\r\n"}[i%5 == leaver])
			fmt.Fprintf(&replies, ":%d\r\n", i+1)
		}
		send(t, nc, commands.String())
		expect(t, r, replies.String())
		send(t, nc, "LONG\r\nSHORT\r\n")
		expect(t, r, ":11\r\n:12\r\n")
		if left.Load() != 1 {
			t.Errorf("it left its loop %d times", left.Load())
		}
	}
}

// Once something of a reply is written the command cannot be called again, so LeaveLoop says false;
// the next command may leave.
func TestLeaveLoop_NotAmidAReply(t *testing.T) {
	loops := onLoops(t)
	amid := make(chan bool, 1)
	_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
		switch string(args[0]) {
		case "BEGUN":
			c.Array(1)
			amid <- c.LeaveLoop()
		case "NEXT":
			if c.LeaveLoop() {
				return
			}
		}
		c.Bool(c.OnLoop())
	})
	nc, r := dial(t, addr)
	send(t, nc, "PING\r\nBEGUN\r\nPING\r\nNEXT\r\n")
	expect(t, r, ":1\r\n*1\r\n:1\r\n:1\r\n:0\r\n")
	if <-amid {
		t.Error("a command that has begun to reply is to be called again")
	}
}

// A handler that panics after it was told to leave has answered, and its connection is served on.
func TestLeave_AfterAPanic(t *testing.T) {
	loops := onLoops(t)
	_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
		if string(args[0]) == "BOOM" && c.LeaveLoop() {
			panic("seeded")
		}
		c.SimpleString(string(args[0]))
	})
	nc, r := dial(t, addr)
	send(t, nc, "A\r\nBOOM\r\nB\r\nC\r\n")
	expect(t, r, "+A\r\n-ERR internal error\r\n+B\r\n+C\r\n")
	send(t, nc, "BOOM\r\n")
	expect(t, r, "+BOOM\r\n")
}

// A client that lets much wait leaves its loop, in a batch or behind it, and gets all of its replies
// in their order when it reads after all.
func TestLeave_WhoDoesNotRead(t *testing.T) {
	loops := onLoops(t)
	for _, size := range []int{10_000, 900_000} {
		executed := 0
		allSent := make(chan struct{})
		server, addr, _ := start(t, loops, func(c *resp.Conn, _ [][]byte) {
			<-allSent
			executed++
			c.BulkString(fmt.Sprintf("%0*d", size, executed))
		})
		nc, r := dial(t, addr)
		const total = 36_000_000
		send(t, nc, strings.Repeat("GET\r\n", total/size))
		eventually(t, "the client has come", func() bool { return len(server.Conns()) == 1 })
		onLoop := server.Conns()[0].FD()
		close(allSent)
		eventually(t, "it leaves its loop, for another descriptor", func() bool { return server.Conns()[0].FD() != onLoop })
		for i := range total / size {
			want := fmt.Sprintf("$%d\r\n%0*d\r\n", size, size, i+1)
			got := make([]byte, len(want))
			if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
				t.Fatalf("reply %d is another, %v", i+1, err)
			}
		}
	}
}

// A client that reads its replies stays on its loop, however many they are.
func TestLeave_WhoReadsStays(t *testing.T) {
	loops := onLoops(t)
	reply := strings.Repeat("x", 100_000)
	_, addr, _ := start(t, loops, func(c *resp.Conn, _ [][]byte) {
		c.Array(2)
		c.BulkString(reply)
		c.Bool(c.OnLoop())
	})
	nc, r := dial(t, addr)
	for range 100 {
		send(t, nc, "GET\r\n")
		expect(t, r, "*2\r\n$100000\r\n"+reply+"\r\n:1\r\n")
	}
}
