package resp_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestFairShare_WorkLeavesTheLoop: a batch that works for long is not to be waited for by others,
// whether its handler tells the time it takes or not. One that has waited for a processor has not
// worked.
func TestFairShare_WorkLeavesTheLoop(t *testing.T) {
	t.Parallel()
	loops := resp.DefaultLoops()
	if loops == 0 {
		t.Skip("event loops are there on Linux")
	}
	burn := func(d time.Duration) {
		for began := time.Now(); time.Since(began) < d; {
		}
	}
	const each = 500 * time.Microsecond
	for name, test := range map[string]struct {
		do     func(c *resp.Conn)
		leaves bool
	}{
		"work, told":     {func(c *resp.Conn) { burn(each); c.Spent(each) }, true},
		"work, not told": {func(c *resp.Conn) { burn(each) }, true},
		"waiting, told":  {func(c *resp.Conn) { time.Sleep(each); c.Spent(each) }, false},
	} {
		serve := func(t *testing.T) (before int32) {
			const commands = 300
			var at, left atomic.Int32
			_, addr, _ := start(t, loops, func(c *resp.Conn, _ [][]byte) {
				if n := at.Add(1); !c.OnLoop() {
					left.CompareAndSwap(0, n)
				}
				test.do(c)
				c.OK()
			})
			nc, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			if _, err := io.WriteString(nc, strings.Repeat("PING\r\n", commands)); err != nil {
				t.Fatal(err)
			}
			nc.SetReadDeadline(time.Now().Add(20 * time.Second))
			if _, err := io.ReadFull(nc, make([]byte, commands*len("+OK\r\n"))); err != nil {
				t.Fatal(err)
			}
			return left.Load()
		}
		t.Run(name, func(t *testing.T) {
			before := serve(t)
			// The runtime may have something to do in that thread, too, and be at it now.
			for try := 0; before > 0 && !test.leaves && try < 5; try++ {
				before = serve(t)
			}
			if (before > 0) != test.leaves {
				t.Errorf("it left the loop before command %d (0: never)", before)
			}
		})
	}
}
