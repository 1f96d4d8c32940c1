package resp_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"golang.org/x/sys/unix"
)

// work keeps a processor busy for d of the thread's own time.
func work(d time.Duration) {
	used := func() time.Duration {
		var t unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
		return time.Duration(t.Nano())
	}
	for until := used() + d; used() < until; {
	}
}

// TestHeld_CountsWorkOnALoop: what works for long on an event loop is counted with its name. What
// waits, as for a processor, is not, nor what is short or has left the loop, and none of it hides
// what comes behind it in its batch.
func TestHeld_CountsWorkOnALoop(t *testing.T) {
	t.Parallel()
	const long, short = resp.LongTurn + 50*time.Millisecond, resp.LongTurn / 2
	server, addr, _ := start(t, resp.DefaultLoops(), func(c *resp.Conn, args [][]byte) {
		name := string(args[0])
		if name == "leaves" && c.LeaveLoop() {
			return
		}
		began := time.Now()
		switch name {
		case "waits":
			time.Sleep(long)
		case "short":
			work(short)
		default:
			work(long)
		}
		if d := time.Since(began); d > resp.NotedTurn {
			c.Held(name, d)
		}
		c.OK()
	})
	for _, line := range []string{"works", "waits", "short short short works", "short short short waits", "waits works", "leaves works"} {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		names := strings.Fields(line)
		nc.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.WriteString(nc, strings.Join(names, "\r\n")+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(nc, make([]byte, len(names)*len("+OK\r\n"))); err != nil {
			t.Fatal(err)
		}
		nc.Close()
	}
	var f observe.Figures
	server.Figures(&f)
	if s := f.Traffic.Stalls; len(s) != 1 || s[0] != (observe.Stall{What: "works", Count: 3}) {
		t.Errorf("held up: %v, want works three times", s)
	}
}
