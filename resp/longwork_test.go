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

// works keeps a processor busy.
func works(d time.Duration) {
	for began := time.Now(); time.Since(began) < d; {
	}
}

// crowd counts how many are at work at a time.
type crowd struct{ now, most atomic.Int32 }

func (w *crowd) enter() {
	n := w.now.Add(1)
	for m := w.most.Load(); n > m && !w.most.CompareAndSwap(m, n); m = w.most.Load() {
	}
}

func (w *crowd) leave() { w.now.Add(-1) }

func (w *crowd) check(t *testing.T) {
	t.Helper()
	if limit := int32(max(1, runtime.GOMAXPROCS(0)-1)); w.most.Load() > limit {
		t.Errorf("%d are at long work at a time, want %d at most", w.most.Load(), limit)
	}
}

// However many clients are at long work, on whichever listener, one processor is left for those who are
// not. Each of the others has its turn: here none comes to an end before all have begun.
func TestLongWork_LeavesAProcessor(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		const clients = 12
		var atWork crowd
		var begun atomic.Int32
		_, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, args [][]byte) {
			if string(args[0]) != "LONG" {
				c.OK()
				return
			}
			if c.LeaveLoop() {
				return
			}
			works(2 * time.Millisecond)
			c.Gone()
			for begun.Add(1); begun.Load() < clients && !c.Gone(); {
				atWork.enter()
				works(time.Millisecond)
				atWork.leave()
				c.Rest(func() {}) // and goes on in a place
				atWork.enter()
				works(time.Millisecond)
				atWork.leave()
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
		atWork.check(t)
	})
}

// Many commands, none of which takes long, are long work, too.
func TestLongWork_IsThatOfABatch(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		const clients, early, late = 8, 2, 30
		var atWork crowd
		_, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			const each = time.Millisecond
			// What comes first may be before the first millisecond has passed.
			if late := string(args[0]) == "LATE"; late {
				atWork.enter()
				defer atWork.leave()
			}
			works(each)
			c.Spent(each)
			c.OK()
		}), patiently)
		var replies []io.Reader
		for range clients {
			nc, r := dial(t, addr)
			send(t, nc, strings.Repeat("EARLY\r\n", early)+strings.Repeat("LATE\r\n", late))
			replies = append(replies, r)
		}
		for _, r := range replies {
			expect(t, r, strings.Repeat("+OK\r\n", early+late))
		}
		atWork.check(t)
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
			works(2 * time.Millisecond)
			c.Gone() // from here on it has a place
			switch string(args[0]) {
			case "REST":
				c.Rest(func() {
					rests.Add(1)
					<-release
				})
			case "MUCH":
				c.BulkString(strings.Repeat("x", 16<<20))
				return
			case "PANIC":
				panic("seeded")
			}
			c.OK()
		}), patiently)
		many := min(2*runtime.GOMAXPROCS(0), 8)
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

// Who has no end of a piece where he would let others have their turn loses his place to them, and who is
// killed while he waits for one does nothing any more.
func TestLongWork_NobodyWaitsForAllOfIt(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		var others, killed atomic.Int32
		const wanted = 3
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			switch string(args[0]) {
			case "ENDLESS":
				works(2 * time.Millisecond)
				c.Gone()
				for began := time.Now(); others.Load() < wanted && time.Since(began) < 20*time.Second; {
					runtime.Gosched()
				}
			case "WORK":
				works(2 * time.Millisecond)
				c.Gone()
				others.Add(1)
			case "FIRST":
				works(2 * time.Millisecond)
				c.Kill()
				c.Spent(2 * time.Millisecond)
			case "SECOND":
				killed.Add(1)
			}
			c.OK()
		})
		var replies []io.Reader
		for range 2 * runtime.GOMAXPROCS(0) {
			nc, r := dial(t, addr)
			send(t, nc, "ENDLESS\r\n")
			replies = append(replies, r)
		}
		nc, _ := dial(t, addr)
		send(t, nc, "FIRST\r\nSECOND\r\n")
		for range wanted {
			nc, r := dial(t, addr)
			send(t, nc, "WORK\r\n")
			expect(t, r, "+OK\r\n")
		}
		for _, r := range replies {
			expect(t, r, "+OK\r\n")
		}
		eventually(t, "the killed client has gone", func() bool { return len(server.Conns()) == 2*runtime.GOMAXPROCS(0)+wanted })
		if killed.Load() != 0 {
			t.Error("a command of a killed client was executed")
		}
	})
}
