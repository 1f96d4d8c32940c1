package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// TestSocketToSocket_DoesNotAllocate counts the allocations of the whole
// process while requests come in over TCP and replies go out, alone and in a
// pipeline. The client here allocates nothing either.
func TestSocketToSocket_DoesNotAllocate(t *testing.T) {
	if resp.DefaultLoops() == 0 {
		t.Skip("event loops are there on Linux")
	}
	x := newServer(t, 0)
	server := resp.NewServer(x.Engine, zerolog.Nop(), resp.DefaultConfig())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	defer func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-served
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	do(x, "PT.ADDRANGE vec: 0 1000")
	do(x, "PT.ADDRANGE next: 0 100000") // so that replies have one length
	do(x, "PT.RESERVE next: 200000")
	const requests = 2000
	for line, reply := range map[string]string{
		"PT.ADD vec: 000000000049":    ":0\r\n",
		"PT.EXISTS vec: 000000000049": ":1\r\n",
		"PT.CLAIM vec: 49":            ":0\r\n",
		"PT.COUNT vec:":               ":1000\r\n",
		"PT.CLAIMNEXT vec: RANGE 0 9": "$-1\r\n",
		"PT.CLAIMNEXT next:":          ":100000\r\n",
	} {
		for _, pipeline := range []int{1, 100} {
			var one strings.Builder
			args := words(line)
			fmt.Fprintf(&one, "*%d\r\n", len(args))
			for _, a := range args {
				fmt.Fprintf(&one, "$%d\r\n%s\r\n", len(a), a)
			}
			batch := []byte(strings.Repeat(one.String(), pipeline))
			back := make([]byte, pipeline*len(reply))
			exchange := func() {
				if _, err := c.Write(batch); err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadFull(c, back); err != nil {
					t.Fatal(err)
				}
			}
			exchange()
			if got := string(back[:len(reply)]); got != reply && !strings.HasPrefix(line, "PT.CLAIMNEXT next:") {
				t.Fatalf("%s: %q", line, back[:len(reply)])
			}
			// What requests allocate comes each time. The process has other goroutines,
			// also those that earlier tests have yet to end, so a few are allowed.
			least := uint64(math.MaxUint64)
			for try := 0; try < 5 && least > requests/100; try++ {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for range requests / pipeline {
					exchange()
				}
				runtime.ReadMemStats(&after)
				least = min(least, after.Mallocs-before.Mallocs)
			}
			if least > requests/100 {
				t.Errorf("%s, pipeline %d: %d allocations for %d requests", line, pipeline, least, requests)
			}
		}
	}
}
