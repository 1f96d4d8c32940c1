package engine

import (
	"bufio"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// Who changes what a crowd hears of leaves its event loop before it tells them, and is answered when
// all are told; who is heard by few stays.
func TestCrowd_IsNotToldOnALoop(t *testing.T) {
	for name, listen := range map[string][]string{
		"readers":   {"TRACK", "KEEP", "READ k"},
		"listeners": {"LISTEN"},
	} {
		for _, n := range []int{crowd, crowd + 1} {
			t.Run(fmt.Sprintf("%d %s", n, name), func(t *testing.T) {
				e, addr := serve(t, nil)
				all := make([]peer, n)
				for i := range all {
					all[i] = dial(t, addr)
					for _, line := range listen {
						all[i].do(line, "+OK")
					}
				}
				writer := dial(t, addr)
				onLoop := runtime.GOOS == "linux" // others have no loops
				writer.do("ONLOOP", fmt.Sprint("+", onLoop))
				writer.do("WRITE k", "+OK")
				writer.do("ONLOOP", fmt.Sprint("+", onLoop && n <= crowd))
				for _, c := range all {
					c.hear(invalidate("k"))
				}
				if k := &e.caches; k.crowds.Load() != 0 || k.items != 0 {
					t.Errorf("%d crowds and %d readers are left", k.crowds.Load(), k.items)
				}
			})
		}
	}
}

// However many keys a batch or one command changes, a crowd that listens is not told on a loop.
func TestCrowd_HearsOfManyKeys(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("event loops are there on Linux")
	}
	_, addr := serve(t, nil)
	for range crowd + 1 {
		dial(t, addr).do("LISTEN", "+OK")
	}
	last := dial(t, addr)
	last.do("LISTEN", "+OK")
	writer := dial(t, addr)
	writer.say("WRITE k", "ONLOOP")
	writer.hear("+OK\n+false\n")
	last.hear(invalidate("k"))
	dial(t, addr).do("WRITEMANY", fmt.Sprint("+", 3*keepBroadcast))
	for i := range 3 * keepBroadcast {
		last.hear(invalidate(fmt.Sprint("k", i)))
	}
}

// While a crowd is being told, one reads the key again and one asks for no more: the one is told, once,
// and watches again from its next read on; the other is not.
func TestCrowd_ReadsWhileItIsTold(t *testing.T) {
	e, addr := serve(t, nil)
	all := make([]peer, crowd+1)
	for i := range all {
		all[i] = dial(t, addr)
		for _, line := range []string{"TRACK", "KEEP", "READ k"} {
			all[i].do(line, "+OK")
		}
	}
	k := &e.caches
	again, ends, writer := all[0], all[1], dial(t, addr)
	readers := k.beginCrowd("k")
	again.do("KEEP", "+OK")
	again.do("READ k", "+OK")
	ends.do("UNTRACK", "+OK")
	for len(readers) > 0 {
		k.tellPart("k", readers, nil, invalidation("k"))
	}
	k.endCrowd()
	ends.do("KEPT", "+0")
	again.hear(invalidate("k"))
	for range 2 {
		again.do("KEPT", "+0")
		again.do("KEEP", "+OK")
		again.do("READ k", "+OK")
		writer.do("WRITE k", "+OK")
		again.hear(invalidate("k"))
	}
}

// Those of a crowd who are told, read again while others are yet to be told, end or ask for no more,
// and others who change the same: nobody misses a change, and nothing is left when all have ended.
func TestCrowd_ComesAndGoes(t *testing.T) {
	e, addr := serve(t, nil)
	const readers, writers, rounds = 2*crowd + 50, 3, 10
	var over atomic.Bool
	var reading, writing, all sync.WaitGroup
	reading.Add(readers)
	for i := range readers {
		c := dial(t, addr)
		c.do("TRACK", "+OK")
		all.Go(func() {
			defer c.Close()
			in := bufio.NewReader(c)
			// until says something and reads up to the line that ends the replies to it.
			until := func(says, end string) {
				if _, err := c.Write([]byte(says)); err != nil {
					t.Error(err)
				}
				_ = c.SetReadDeadline(time.Now().Add(60 * time.Second))
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						t.Errorf("reader %d waits for %q: %v", i, end, err)
						return
					}
					if line == end {
						return
					}
				}
			}
			for n := 0; !over.Load(); n++ {
				if i%7 == 0 && n == 5 {
					reading.Done()
					return // it ends in the middle
				}
				if i%5 == 0 && n%4 == 3 {
					until("UNTRACK\r\nTRACK\r\n", "+OK\r\n")
				}
				until("KEEP\r\nREAD k\r\nONLOOP\r\n", "+false\r\n")
			}
			until("KEEP\r\nREAD k\r\nONLOOP\r\n", "+false\r\n")
			reading.Done()
			until("", "k\r\n") // it is told
			until("KEPT\r\n", "+0\r\n")
		})
	}
	for range writers {
		c := dial(t, addr)
		writing.Go(func() {
			for range rounds {
				c.do("WRITE k", "+OK")
			}
		})
	}
	writing.Wait()
	over.Store(true)
	reading.Wait()
	dial(t, addr).do("WRITE k", "+OK")
	all.Wait()
	k := &e.caches
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		k.mu.Lock()
		left := fmt.Sprintf("%d crowds, %d readers of %d keys, %d sessions", k.crowds.Load(), k.items, len(k.readers), len(k.watching))
		k.mu.Unlock()
		if left == "0 crowds, 0 readers of 0 keys, 0 sessions" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(left, " are left")
		}
	}
}

// However long it takes to show a line to all monitors, nobody waits for that.
func TestMonitors_NobodyWaitsForThem(t *testing.T) {
	e, addr := serve(t, nil)
	watcher, c := dial(t, addr), dial(t, addr)
	watcher.do("MONITOR", "+OK")
	e.monitors.mu.Lock() // lines are being shown
	release := sync.OnceFunc(e.monitors.mu.Unlock)
	defer release()
	for range 3 {
		c.do("WRITE k", "+OK")
	}
	release()
	var got strings.Builder
	in := make([]byte, 4096)
	for strings.Count(got.String(), "\"WRITE\" \"k\"\r\n") < 3 {
		_ = watcher.SetReadDeadline(time.Now().Add(30 * time.Second))
		n, err := watcher.Read(in)
		if err != nil {
			t.Fatalf("%q, %v", got.String(), err)
		}
		got.Write(in[:n])
	}
}

// While all are being told of a flush, one reads again, one asks for no more and somebody changes what the
// rest have read: each who watches is told of the flush, once, and of what comes behind it.
func TestCrowd_Flush(t *testing.T) {
	e, addr := serve(t, nil)
	const flushed = ">2\n$10\ninvalidate\n_\n"
	all := make([]peer, 2*crowd)
	for i := range all {
		all[i] = dial(t, addr)
		for _, line := range []string{"TRACK", "KEEP", "READ k"} {
			all[i].do(line, "+OK")
		}
	}
	listener, ends, again, writer := dial(t, addr), dial(t, addr), dial(t, addr), dial(t, addr)
	listener.do("LISTEN", "+OK")
	for _, c := range []peer{ends, again} {
		for _, line := range []string{"TRACK", "KEEP", "READ k"} {
			c.do(line, "+OK")
		}
	}
	k := &e.caches
	k.turn.Lock() // as in changedAll
	m := resp.NewMessage(3)
	m.PushHeader(2)
	m.BulkString("invalidate")
	m.Null()
	hear := k.beginFlush()
	again.do("KEEP", "+OK")
	again.do("READ k", "+OK")
	ends.do("UNTRACK", "+OK")
	writer.say("WRITE k") // its reply waits until all are told
	for k.tellFlushed(m) {
	}
	k.sendTo(hear, m)
	k.endFlush()
	k.turn.Unlock()
	for _, c := range append(all, listener, again) {
		c.hear(flushed)
	}
	writer.hear("+OK\n")
	again.hear(invalidate("k"))
	listener.hear(invalidate("k"))
	ends.do("KEPT", "+0")
	again.do("KEPT", "+0")
	all[0].do("KEPT", "+0")
	writer.do("FLUSH", "+OK")
	listener.hear(flushed)
	if k.crowds.Load() != 0 || k.items != 0 || k.flushed != nil {
		t.Errorf("%d crowds, %d readers, %d flushed are left", k.crowds.Load(), k.items, len(k.flushed))
	}
}
