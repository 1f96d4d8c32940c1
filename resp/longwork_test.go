package resp_test

import (
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// patiently has nobody lose his place whose turn ends late, as on a busy machine.
func patiently(c *resp.Config) { c.SetWorkPatience(time.Hour) }

// However many clients ask for long work, on whichever listener, one processor is left for those who do
// not. All of them come to an end: each has its turn.
func TestLongWork_LeavesAProcessor(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		const clients = 12
		var atWork, most, begun atomic.Int32
		_, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, args [][]byte) {
			if string(args[0]) != "LONG" {
				c.OK()
				return
			}
			if c.LeaveLoop() {
				return
			}
			for begun.Add(1); begun.Load() < clients && !c.Gone(); {
				n := atWork.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				for began := time.Now(); time.Since(began) < time.Millisecond; { // works
				}
				atWork.Add(-1)
			}
			c.OK()
		}), patiently)
		var replies []io.Reader
		for range clients {
			nc, r := dial(t, addr)
			send(t, nc, "LONG\r\nSHORT\r\nLONG\r\n")
			replies = append(replies, r)
		}
		for _, r := range replies {
			expect(t, r, "+OK\r\n+OK\r\n+OK\r\n")
		}
		if limit := int32(max(1, runtime.GOMAXPROCS(0)-1)); most.Load() > limit {
			t.Errorf("%d are at long work at a time, want %d at most", most.Load(), limit)
		}
	})
}

// Who waits keeps nobody from long work: for a client who does not read, for anything else, or after a
// handler has panicked.
func TestLongWork_NobodyWaitsInAPlace(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		release := make(chan struct{})
		defer close(release)
		var rests atomic.Int32
		_, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			switch string(args[0]) {
			case "REST":
				c.Rest(func() {
					rests.Add(1)
					<-release
				})
			case "MUCH":
				c.BulkString(strings.Repeat("x", 64<<20))
				return
			case "PANIC":
				panic("seeded")
			}
			c.OK()
		}), patiently)
		many := 2 * runtime.GOMAXPROCS(0)
		for range many {
			nc, _ := dial(t, addr)
			send(t, nc, "REST\r\n")
			nc, _ = dial(t, addr)
			send(t, nc, "MUCH\r\n") // and does not read
			nc, r := dial(t, addr)
			send(t, nc, "PANIC\r\n")
			expect(t, r, "-ERR internal error\r\n")
		}
		eventually(t, "all rest", func() bool { return int(rests.Load()) == many })
		nc, r := dial(t, addr)
		send(t, nc, "WORK\r\n")
		expect(t, r, "+OK\r\n")
	})
}

// Who has no end of a piece where he would let others have their turn loses his place to them.
func TestLongWork_NobodyWaitsForAllOfIt(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		var others atomic.Int32
		const wanted = 3
		_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			if string(args[0]) == "ENDLESS" {
				for others.Load() < wanted { // works
					runtime.Gosched()
				}
			} else {
				others.Add(1)
			}
			c.OK()
		})
		var replies []io.Reader
		for range 2 * runtime.GOMAXPROCS(0) {
			nc, r := dial(t, addr)
			send(t, nc, "ENDLESS\r\n")
			replies = append(replies, r)
		}
		for range wanted {
			nc, r := dial(t, addr)
			send(t, nc, "WORK\r\n")
			expect(t, r, "+OK\r\n")
		}
		for _, r := range replies {
			expect(t, r, "+OK\r\n")
		}
	})
}
