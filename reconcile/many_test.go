package reconcile

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

var manyKeys = flag.Int("many-keys", 200_000, "keys of the large load; with 1000000 or more its time and its memory are judged")

// A load is not slower than the listing that it needs, and takes no memory for the keys that go by.
func TestLoad_Many(t *testing.T) {
	n := *manyKeys
	g := newRig(t, "--enable-debug-command", "local")
	g.Do(t, "DEBUG", "POPULATE", strconv.Itoa(n), "vec")
	if _, err := g.caller.Create("vec:", tracker.Config{MaxID: uint64(n)}); err != nil {
		t.Fatal(err)
	}
	scan := g.scanTime("vec:*")
	g.run(Request{Prefix: "none:"}) // connections are there
	before, began := resident(t), time.Now()
	id, err := g.Start(Request{Prefix: "vec:"})
	if err != nil {
		t.Fatal(err)
	}
	most := before
	for {
		j, _ := g.Job(id)
		most = max(most, resident(t))
		if j.State != "running" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(began)
	j, err := g.Wait(t.Context(), id)
	if err != nil || j.State != "done" || j.Added != uint64(n) || j.Unparsable+j.OutOfRange != 0 {
		t.Fatalf("%+v", j)
	}
	scan = min(scan, g.scanTime("vec:*"))
	grown := most - before
	t.Logf("%d keys in %v, %.0f keys/s; SCAN COUNT 10000 alone %v: %.2f times; memory %d MB, %d MB more at most",
		n, took.Round(time.Millisecond), float64(n)/took.Seconds(), scan.Round(time.Millisecond), took.Seconds()/scan.Seconds(), before>>20, grown>>20)
	if n < 1_000_000 {
		return
	}
	if took > scan*12/10 && float64(n)/took.Seconds() < 1e6 {
		t.Error("it is slow")
	}
	if grown > 32<<20 {
		t.Error("it takes memory")
	}
}

// scanTime is how long a client takes to list all keys, one page after the other, who does nothing with them.
func (g *rig) scanTime(match string) time.Duration {
	c, began := g.Client(g), time.Now()
	for cursor := uint64(0); ; {
		e, err := c.Do(g.Context(), c.B().Scan().Cursor(cursor).Match(match).Count(10_000).Build()).AsScanEntry()
		if err != nil {
			g.Fatal(err)
		}
		if cursor = e.Cursor; cursor == 0 {
			return time.Since(began)
		}
	}
}

// resident is how many bytes of the process are in memory.
func resident(t *testing.T) int {
	t.Helper()
	all, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(all))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
