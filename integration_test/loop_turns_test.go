package integration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What one client holds, and how its IDs lie, is no work for the event loop that serves the others.
// The server counts what keeps a loop busy (INFO stats), logs it, and every test fails on such a
// line when its server stops. Each command here comes from a connection of its own: one that has
// left its loop would hold up nobody.

// pipelined sends lines and wants as many replies, none of which is an error.
func pipelined(t *testing.T, c *client, n int, line func(i int) []string) []reply {
	t.Helper()
	const batch = 1000
	replies := make([]reply, 0, n)
	for first := 0; first < n; first += batch {
		end := min(first+batch, n)
		for i := first; i < end; i++ {
			c.send(line(i)...)
		}
		for range end - first {
			r, err := c.receive()
			if err != nil || r.kind == '-' {
				t.Fatalf("%.200q, %v", r.raw, err)
			}
			replies = append(replies, r)
		}
	}
	return replies
}

// fresh sends a command from a connection of its own.
func fresh(t *testing.T, addr, line string) reply {
	t.Helper()
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	r, err := c.do(words(line)...)
	if err != nil {
		t.Fatal(line, err)
	}
	return r
}

// TestTurnsOfManyPrefixes: the one that makes the registry's table too small pays for itself alone,
// and so does whoever asks for the sum over all.
func TestTurnsOfManyPrefixes(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	const n = 1 << 18 // two a bucket
	name := func(i int) []string { return []string{"PT.CREATE", fmt.Sprint("p:", i)} }
	pipelined(t, c, n-50, name)
	for i := n - 50; i < n+50; i++ {
		if r := fresh(t, s.addr, strings.Join(name(i), " ")); r.raw != simple("OK") {
			t.Fatal(r.raw)
		}
	}
	for range 3 {
		fresh(t, s.addr, "PT.TOTAL")
		fresh(t, s.addr, "SCAN 0 MATCH nothing COUNT 1000")
	}
	pipelined(t, c, n/1000, func(i int) []string {
		line := []string{"DEL"}
		for j := range 1000 {
			line = append(line, fmt.Sprint("p:", 1000*i+j))
		}
		return line
	})
	for range 3 {
		fresh(t, s.addr, "SCAN 0")
	}
	pipelined(t, c, n/8, name)
	if r := fresh(t, s.addr, "FLUSHALL"); r.raw != simple("OK") {
		t.Error(r.raw)
	}
}

// TestTurnsOfNewMemory: who gets memory pays for the collector's work, and where there are many prefixes that
// is much: a loop gets little of it at a time.
func TestTurnsOfNewMemory(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	s := startServer(t, "--max-memory", "4gb")
	if err := createTenants(connect(t, s.addr), 500_000); err != nil {
		t.Fatal(err)
	}
	const apart, most = 1 << 18, 20_000
	next := 1
	for i := range 300 {
		line := "PT.ADD far:"
		for range 1 + i%120 {
			line += fmt.Sprint(" ", next*apart)
			next++
		}
		fresh(t, s.addr, line)
		fresh(t, s.addr, fmt.Sprintf("PT.ADDRANGE far: %d %d", next*apart, (next+1+i%14)*apart))
		if next += 15; next > most {
			fresh(t, s.addr, "PT.DROP far:")
			next = 1
		}
	}
}

// TestTurnsOfCounts: the count of all that a bounded prefix can hold is kept.
func TestTurnsOfCounts(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE b: MAXID 1073741824", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE b: 0 1073741823", integer(1<<30-1))
	for _, test := range []struct {
		line string
		want int
	}{
		{"PT.COUNT b:", 1<<30 - 1}, {"PT.COUNT b: SET", 1<<30 - 1}, {"PT.COUNT b: UNSET", 1}, {"PT.COUNT b: RANGE 0 1073741824", 1<<30 - 1},
		{"PT.COUNT b: UNSET RANGE 0 281474976710656", 1}, {"SCARD b:", 1<<30 - 1}, {"BITCOUNT b:", 1<<30 - 1}, {"PT.COUNT b: RANGE 1 1073741824", 1<<30 - 2},
	} {
		before := s.cpuTime(t)
		for range 20 {
			if r := fresh(t, s.addr, test.line); r.raw != integer(test.want) {
				t.Errorf("%s: %q, want %d", test.line, r.raw, test.want)
			}
		}
		t.Logf("%s: %v of the processor", test.line, (s.cpuTime(t)-before)/20)
	}
}

// TestTurnsOfHeldThings: what a connection has opened, or is to be told of, is no work for the loop
// at its end, nor for those who ask for a neighbour of it.
func TestTurnsOfHeldThings(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--max-memory", "4gb")
	c := connect(t, s.addr)
	const held = 20_000
	add := func(i int) []string { return []string{"PT.ADD", fmt.Sprint("p:", i), "1"} }
	pipelined(t, c, held, add)
	open := func(options ...string) func(i int) []string {
		return func(i int) []string { return append([]string{"PT.DELITER", "OPEN", fmt.Sprint("p:", i)}, options...) }
	}
	for _, end := range []string{"by itself", "CLIENT KILL", "RESET", "FLUSHALL"} {
		holder := connect(t, s.addr)
		id := holder.mustReply(t, "CLIENT", "ID").text
		pipelined(t, holder, held, open("ONCLOSE"))
		if r := fresh(t, s.addr, "PT.INFO p:7"); r.field(t, "deleter").text != "held" {
			t.Fatal(r.raw)
		}
		switch end {
		case "by itself":
			holder.close()
		case "CLIENT KILL":
			fresh(t, s.addr, "CLIENT KILL ID "+id)
		case "RESET":
			holder.mustReply(t, "RESET")
			holder.close()
		case "FLUSHALL":
			fresh(t, s.addr, "FLUSHALL")
			holder.close()
			pipelined(t, c, held, add)
		}
		eventually(t, "the end of what was held", func() bool {
			return fresh(t, s.addr, "PT.INFO p:7").field(t, "deleter").text == "free"
		})
	}
	// A client that caches what it has read, until its end, a FLUSHALL, or for itself.
	for _, end := range []string{"by itself", "FLUSHALL", "CLIENT TRACKING OFF"} {
		cacher := connect(t, s.addr)
		cacher.mustReply(t, "HELLO", "3")
		cacher.mustDo(t, "CLIENT TRACKING ON OPTIN", simple("OK"))
		pipelined(t, cacher, 2*held, func(i int) []string {
			if i%2 == 0 {
				return []string{"CLIENT", "CACHING", "YES"}
			}
			return []string{"PT.COUNT", fmt.Sprint("p:", i/2)}
		})
		switch end {
		case "by itself":
			cacher.close()
		case "FLUSHALL":
			fresh(t, s.addr, "FLUSHALL")
			cacher.close()
		default:
			cacher.mustDo(t, end, simple("OK"))
		}
		for i := range 20 {
			fresh(t, s.addr, fmt.Sprintf("PT.ADD p:%d 2", i))
		}
	}
	// A monitor, and commands with many words that might be secrets.
	monitor := connect(t, s.addr)
	monitor.mustDo(t, "MONITOR", simple("OK"))
	for _, name := range []string{"HELLO 3", "AUTH", "CONFIG GET", "CONFIG SET"} {
		fresh(t, s.addr, name+strings.Repeat(" requirepass", 4000))
	}
}

// TestWidePatternsEnd: a class of many megabytes is read once and not for each byte of each prefix.
func TestWidePatternsEnd(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	pipelined(t, c, 1000, func(i int) []string { return []string{"PT.CREATE", strings.Repeat("b", 500) + fmt.Sprint(i)} })
	for _, command := range [][]string{{"PT.LIST", "MATCH"}, {"KEYS"}} {
		for _, pattern := range []string{"*[" + strings.Repeat("a", 20<<20), strings.Repeat("*", 20<<20) + "x"} {
			began := time.Now()
			if r := connect(t, s.addr).mustReply(t, append(command, pattern)...); r.raw != "*0\r\n" {
				t.Errorf("%q replied %.100q", command, r.raw)
			}
			t.Logf("%s %.5s: %v", command[0], pattern, time.Since(began))
		}
	}
}

// TestTurnsOfLongWords: a word of megabytes where a short one belongs is not looked at as a whole on a loop, and
// not once for each name that it might be.
func TestTurnsOfLongWords(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	s := startServer(t)
	long, zeros := strings.Repeat("x", 31<<20), strings.Repeat("0", 31<<20) // the second a number, but for its length
	for _, begin := range []string{"ACL CAT", "ACL", "", "CONFIG GET", "CONFIG SET maxmemory", "CONFIG SET", "COMMAND INFO", "COMMAND DOCS",
		"COMMAND LIST FILTERBY ACLCAT", "COMMAND LIST FILTERBY PATTERN", "CLIENT SETNAME", "CLIENT SETINFO LIB-NAME", "CLIENT KILL",
		"CLIENT TRACKING ON BCAST PREFIX", "LATENCY HISTOGRAM", "SLOWLOG GET", "DEBUG", "INFO", "HELLO", "AUTH", "SELECT",
		"TYPE", "EXISTS", "DEL", "TTL", "MEMORY USAGE", "SCAN", "SSCAN a:", "SADD a:", "SETBIT a:", "PT.ADD", "PT.ADD a:", "PT.SCAN a:",
		"PT.CLAIMNEXT a: COUNT", "PT.ADDKEY", "PT.PARSE", "EXEC"} {
		for _, word := range []string{long, zeros} {
			c := connect(t, s.addr)
			args := append(words(begin), word)
			if begin == "CONFIG SET" {
				args = append(args, "1")
			}
			c.send(args...)
			if r, err := c.receive(); err != nil || len(r.raw) > 1000 {
				t.Errorf("%s: %.100q, %v", begin, r.raw, err)
			}
			c.close()
		}
	}
	took := fresh(t, s.addr, "INFO stats").text
	if _, took, _ = strings.Cut(took, "loop_longest_usec:"); took != "" {
		t.Logf("the longest turn in microseconds: %s", took[:min(len(took), 60)])
	}
}
