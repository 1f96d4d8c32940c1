package integration_test

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

var (
	driftTime = flag.Duration("drift-time", 2*time.Second, "how long the drift tests write and delete; make sync-scenes has 20 seconds")
	driftKeys = flag.Int("drift-keys", 20_000, "keys of the drift tests; make sync-scenes has a million")
)

// drift is a tracker, its store, and what makes them differ.
type drift struct {
	tracker *server
	store   *redistest.Server
	admin   *client
	redis   *client
}

// newDrift starts both. settle is what the tests' machine allows: a worker without a lease that takes longer than two of
// it between a hand-out and its write may be told to be wrong.
func newDrift(t *testing.T, settle time.Duration, store *redistest.Server) *drift {
	t.Helper()
	d := &drift{store: store}
	d.tracker = startServer(t, "--store", "redis://"+store.Addr+"?wait=5s", "--sync-settle", settle.String())
	d.admin, d.redis = connect(t, d.tracker.addr), connect(t, store.Addr)
	return d
}

// begin starts a job.
func (d *drift) begin(t *testing.T, line string) (id string) {
	t.Helper()
	r := d.admin.mustReply(t, words("PT.SYNC START "+line)...)
	if r.kind != ':' {
		t.Fatalf("PT.SYNC START %s replied %q", line, r.raw)
	}
	return r.text
}

// said is what a job says.
type said struct {
	reply
	t *testing.T
}

func (d *drift) status(t *testing.T, id string) said {
	t.Helper()
	return said{d.admin.mustReply(t, "PT.SYNC", "STATUS", id), t}
}

func (s said) text(name string) string { s.t.Helper(); return s.field(s.t, name).text }
func (s said) number(name string) int  { s.t.Helper(); return atoi(s.t, s.text(name)) }
func (s said) keys(name string) []string {
	s.t.Helper()
	return s.field(s.t, name).texts()
}

// String leaves out what is 0.
func (s said) String() string {
	var b strings.Builder
	for i := 0; i+1 < len(s.items); i += 2 {
		if v := s.items[i+1]; v.text != "0" && (v.text != "" || len(v.items) > 0) {
			fmt.Fprintf(&b, "%s %s%v ", s.items[i].text, v.text, v.texts())
		}
	}
	return strings.ReplaceAll(b.String(), "[]", "")
}

// sync runs a job to its end, which must be a good one.
func (d *drift) sync(t *testing.T, line string) said {
	t.Helper()
	return d.mustEnd(t, d.begin(t, line))
}

func (d *drift) mustEnd(t *testing.T, id string) said {
	t.Helper()
	s := d.end(t, id)
	if s.text("state") != "done" {
		t.Fatalf("the job has not ended well: %v", s)
	}
	return s
}

// end waits for the end of a job.
func (d *drift) end(t *testing.T, id string) (s said) {
	t.Helper()
	eventually(t, "the job ends", func() bool {
		s = d.status(t, id)
		return s.text("state") != "running"
	})
	return s
}

// mustDiffer fails the test unless the job found so many.
func (s said) mustDiffer(stale, missing int) {
	s.t.Helper()
	if s.number("stale") != stale || s.number("missing") != missing {
		s.t.Fatalf("want stale %d and missing %d: %v", stale, missing, s)
	}
}

// listed is which IDs of a prefix exist.
func listed(t *testing.T, c *client, prefix string) (ids []uint64) {
	t.Helper()
	for _, run := range scanAll(t, c, "PT.SCAN "+prefix+" %s COUNT 65536 RUNS") {
		start, n, _ := strings.Cut(run, "+")
		for i := range atoi(t, n) {
			ids = append(ids, uint64(atoi(t, start)+i))
		}
	}
	return ids
}

// stored is which IDs have a key at a server, asked of it itself.
func stored(t *testing.T, c *client, head string) (ids []uint64) {
	t.Helper()
	for cursor := "0"; ; {
		page := c.mustReply(t, "SCAN", cursor, "MATCH", head+strings.Repeat("[0-9]", 12), "COUNT", "10000")
		for _, key := range page.items[1].texts() {
			ids = append(ids, uint64(atoi(t, key[len(head):])))
		}
		if cursor = page.items[0].text; cursor == "0" {
			slices.Sort(ids)
			return slices.Compact(ids)
		}
	}
}

// mustBeEqual fails the test unless the tracker has the IDs of a prefix that stores have keys of, which begin with head, and none
// is in flight.
func mustBeEqual(t *testing.T, tracker *client, prefix, head string, stores ...*client) int {
	t.Helper()
	info := tracker.mustReply(t, "PT.INFO", prefix)
	if n := info.field(t, "leased").text; n != "0" {
		t.Errorf("%s IDs of %s are in flight", n, prefix)
	}
	var there []uint64
	for _, s := range stores {
		there = append(there, stored(t, s, head)...)
	}
	slices.Sort(there)
	there = slices.Compact(there)
	here := listed(t, tracker, prefix)
	if !slices.Equal(here, there) {
		t.Fatalf("the tracker has %d IDs and the store %d, or others", len(here), len(there))
	}
	return len(here)
}

func keyOf(prefix string, id uint64) string {
	n := strconv.FormatUint(id, 10)
	return prefix + strings.Repeat("0", max(0, 12-len(n))) + n
}

// set writes the keys of IDs, and del deletes them.
func set(t *testing.T, c *client, keys ...string) {
	t.Helper()
	for part := range slices.Chunk(keys, 5000) {
		line := []string{"MSET"}
		for _, key := range part {
			line = append(line, key, "value")
		}
		c.mustDoArgs(t, line, simple("OK"))
	}
}

func del(t *testing.T, c *client, keys ...string) {
	t.Helper()
	for part := range slices.Chunk(keys, 5000) {
		c.mustDoArgs(t, append([]string{"DEL"}, part...), integer(len(part)))
	}
}

func keysOf(prefix string, from, to, step int) (keys []string) {
	for id := from; id < to; id += step {
		keys = append(keys, keyOf(prefix, uint64(id)))
	}
	return keys
}
