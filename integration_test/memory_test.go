package integration_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

const (
	outOfMemory = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
	lastID      = "281474976710655"
)

// capped starts a server whose trackers may have 64 MiB.
func capped(t *testing.T) (*server, *client) {
	t.Helper()
	s := startServer(t, "--max-memory", "64mb")
	return s, connect(t, s.addr)
}

const capBytes = 64 << 20

// TestFarIDCostsOneChunk: the last ID there is costs what the first one does, about. (Redis
// allocates 512 MB for SETBIT 4294967295.)
func TestFarIDCostsOneChunk(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s, c := capped(t)
	c.mustDo(t, "PT.ADD near: 0", integer(1))
	near := infoField(t, c, "trackers_memory")
	rest := s.residentBytes(t)
	c.mustDo(t, "PT.ADD far: "+lastID, integer(1))
	far := infoField(t, c, "trackers_memory") - near
	t.Logf("the first ID of a prefix costs %d bytes, the last one %d", near, far)
	if far > 2*near+64<<10 {
		t.Errorf("a far ID costs %d bytes, a near one %d", far, near)
	}
	if grown := s.residentBytes(t) - rest; grown > 1<<20 && memoryCounts() {
		t.Errorf("the server grew by %s", mib(grown))
	}
	c.mustDo(t, "PT.EXISTS far: "+lastID, integer(1))
	c.mustDo(t, "PT.COUNT far:", integer(1))
}

// TestFarIDsAreRefused asks for twenty thousand IDs of which each needs a chunk of its own,
// until the cap says no. What is refused changes nothing, reads and removals go on, and a drop
// makes room again. (A server that looks at the cap only when a tracker is made passes it.)
func TestFarIDsAreRefused(t *testing.T) {
	onLinux(t)
	t.Parallel()
	sameForEveryListener(t)
	s, c := capped(t)
	rest := s.residentBytes(t)
	const n = 20_000
	id := func(i int) string { return strconv.FormatUint(uint64(i)*(1<<48)/n, 10) }
	for i := range n {
		c.send("PT.ADD", "far:", id(i))
	}
	added, refused := 0, 0
	for i := range n {
		switch r, err := c.receive(); {
		case err != nil:
			t.Fatal(err)
		case r.raw == integer(1):
			added++
		case r.raw == outOfMemory:
			refused++
		default:
			t.Fatalf("ID %d: %q", i, r.raw)
		}
	}
	used := infoField(t, c, "trackers_memory")
	grown := s.residentBytes(t) - rest
	t.Logf("%d far IDs are there, %d refused; %s counted, the server grew by %s", added, refused, mib(used), mib(grown))
	if added == 0 || refused < n/4 {
		t.Errorf("%d are there, %d refused", added, refused)
	}
	if used > capBytes || memoryCounts() && grown > capBytes*5/4+16<<20 {
		t.Errorf("%d bytes are used, and the server grew by %s, of a cap of 64 MiB", used, mib(grown))
	}
	c.mustDo(t, "PT.COUNT far:", integer(added))

	before := c.mustReply(t, "PT.INFO", "far:").raw
	lastRefused := id(n - 1)
	for _, line := range []string{
		"PT.ADD far: " + lastRefused, "PT.ADD far: 0 " + id(1) + " " + lastRefused, "PT.CLAIM far: " + lastRefused,
		"PT.MCLAIM far: 0 " + lastRefused, "SETBIT far: " + lastRefused + " 1", "SADD far: " + lastRefused,
		"PT.ADDRANGE far: 140737488355328 281474976710656", "PT.ADD new: " + lastRefused + " " + strings.Join(farWords(100), " "),
	} {
		c.mustDo(t, line, outOfMemory)
		if after := c.mustReply(t, "PT.INFO", "far:").raw; after != before {
			t.Fatalf("%s changed\n     %q\n into %q", line, before, after)
		}
	}
	c.mustDo(t, "PT.LIST", array(bulk("far:")))
	c.mustDo(t, "PT.EXISTS far: "+lastRefused, integer(0))
	c.mustDo(t, "PT.EXISTS far: 0", integer(1))
	c.mustDo(t, "PT.REM far: 0 "+id(1), integer(2))
	c.mustDo(t, "PT.ADD far: 0 "+id(1), integer(2)) // its chunks are there
	if r := c.mustReply(t, words("PT.SCAN far: 0 COUNT 10")...); len(r.items[1].items) != 10 {
		t.Errorf("PT.SCAN replied %q", r.raw)
	}

	c.mustDo(t, "PT.DROP far:", integer(1))
	if used := infoField(t, c, "trackers_memory"); used > 1<<20 {
		t.Errorf("after PT.DROP %d bytes are still counted", used)
	}
	for i := range added / 2 {
		c.send("PT.ADD", "again:", id(i))
	}
	for i := range added / 2 {
		if r, err := c.receive(); err != nil || r.raw != integer(1) {
			t.Fatalf("after PT.DROP, ID %d: %q, %v", i, r.raw, err)
		}
	}
}

// farWords are n IDs far from each other.
func farWords(n int) (words []string) {
	for i := range n {
		words = append(words, strconv.FormatUint(uint64(i+1)<<40, 10))
	}
	return words
}

// TestHugeBoundsAllocateNothing: a bound is a number, and room is made for what comes.
func TestHugeBoundsAllocateNothing(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s, c := capped(t)
	rest := s.residentBytes(t)
	for i := range 100 {
		c.mustDo(t, fmt.Sprintf("PT.CREATE huge:%d MAXID 281474976710656", i), simple("OK"))
	}
	if used := infoField(t, c, "trackers_memory"); used > 1<<20 {
		t.Errorf("100 prefixes without an ID use %d bytes", used)
	}
	// Ahead of use: as much as the cap lets, or nothing at all.
	before := infoField(t, c, "trackers_memory")
	c.mustDo(t, "PT.RESERVE huge:0 281474976710656", outOfMemory)
	c.mustDo(t, "PT.RESERVE new: 281474976710656", outOfMemory)
	c.mustDo(t, "PT.RESERVE huge:0 4294967296", outOfMemory)
	if used := infoField(t, c, "trackers_memory"); used != before {
		t.Errorf("a refused PT.RESERVE leaves %d bytes behind", used-before)
	}
	c.mustDo(t, "PT.RESERVE huge:0 1000000", simple("OK"))
	for _, line := range []string{
		"PT.COUNT huge:1 UNSET", "PT.SCAN huge:1 0 UNSET COUNT 10", "PT.SCAN huge:1 0 ALL RANDOM 7 COUNT 10", "PT.PARTITION huge:1 65536",
		"PT.TAKENEXT huge:1", "PT.REMRANGE huge:1 0 281474976710656", "BITPOS huge:1 0", "SRANDMEMBER huge:1 10",
	} {
		if r := c.mustReply(t, words(line)...); r.kind == '-' {
			t.Errorf("%s replied %q", line, r.raw)
		}
	}
	if grown := s.residentBytes(t) - rest; grown > 32<<20 && memoryCounts() {
		t.Errorf("the server grew by %s", mib(grown))
	}
}

// TestManyPrefixesAreRefused: names cost memory, too.
func TestManyPrefixesAreRefused(t *testing.T) {
	onLinux(t)
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--max-memory", "8mb")
	c := connect(t, s.addr)
	rest := s.residentBytes(t)
	const n = 50_000
	go func() { // at most 30 MB of names
		for i := range n {
			c.send("PT.CREATE", fmt.Sprintf("%0500d", i))
		}
		c.out.Flush()
	}()
	reader := client{conn: c.conn, in: c.in}
	refused := 0
	for i := range n {
		r, err := reader.read()
		if err != nil {
			t.Fatalf("prefix %d: %v", i, err)
		}
		if r.kind == '-' {
			refused++
		}
	}
	grown := s.residentBytes(t) - rest
	t.Logf("%d of %d prefixes are refused; the server grew by %s", refused, n, mib(grown))
	if refused < n/4 || memoryCounts() && grown > 48<<20 {
		t.Errorf("%d of %d prefixes of 500 bytes are refused with a cap of 8 MiB; the server grew by %s", refused, n, mib(grown))
	}
}
