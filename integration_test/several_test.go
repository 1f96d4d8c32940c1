package integration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSeveralPrefixesAsRedis has commands on several keys at once answered by a real redis-server and by
// the product, over random sets and strings of bits, and compares the replies byte for byte, with the order of
// members apart. Allowed differences, which the lines here avoid:
//   - a result without members is an empty prefix, and no key in Redis, unless no source is there;
//   - a string of bits ends with its largest ID, so a result of BITOP is no source here, and BITOP NOT goes
//     to the bound of a prefix;
//   - there is one database.
func TestSeveralPrefixesAsRedis(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	server, store := startServer(t), startRedis(t)
	for _, protocol := range []string{"2", "3"} {
		redis, tracker := connect(t, store.addr), connect(t, server.addr)
		ask := func(c *client, line string) string {
			r := c.mustReply(t, words(line)...)
			if len(r.items) == 0 || strings.HasPrefix(line, "COMMAND") {
				return r.raw
			}
			members := r.texts()
			slices.Sort(members)
			return string(r.kind) + strings.Join(members, " ")
		}
		same := func(line string) {
			t.Helper()
			if want, got := ask(redis, line), ask(tracker, line); want != got {
				t.Errorf("RESP%s %s\n replied       %.300q\n redis replies %.300q", protocol, line, got, want)
			}
		}
		for _, c := range []*client{redis, tracker} {
			c.mustReply(t, "HELLO", protocol)
			c.mustReply(t, "FLUSHALL")
		}
		r := rand.New(rand.NewPCG(7, 8))
		const sets = 6
		for i := range sets {
			for range 1 + r.IntN(3) {
				from, n, apart := r.IntN(3000), 1+r.IntN(300), 1+r.IntN(3)*r.IntN(70)
				line := fmt.Sprintf("SADD s%d", i)
				for j := range n {
					line += " " + strconv.Itoa(from+j*apart)
					if j < 40 {
						same(fmt.Sprintf("SETBIT b%d %d 1", i, from+j*apart))
					}
				}
				same(line)
			}
		}
		any := func(kind string, n int) string {
			var keys []string
			for range n {
				keys = append(keys, kind+strconv.Itoa(r.IntN(sets+1))) // the last is not there
			}
			return strings.Join(keys, " ")
		}
		for range 300 {
			n := 1 + r.IntN(4)
			same([]string{"SINTER ", "SUNION ", "SDIFF "}[r.IntN(3)] + any("s", n))
			same(fmt.Sprintf("SINTERCARD %d %s LIMIT %d", n, any("s", n), r.IntN(200)))
			same(fmt.Sprintf("SINTERCARD %d %s", n, any("s", n)))
			to := fmt.Sprintf("d%d", r.IntN(3))
			same([]string{"SINTERSTORE ", "SUNIONSTORE ", "SDIFFSTORE "}[r.IntN(3)] + to + " " + any("s", n-1) + " " + []string{"s1", "d0", "d2"}[r.IntN(3)])
			same("SCARD " + to)
			same("SMEMBERS " + to)
			same("BITOP " + []string{"AND", "or", "Xor"}[r.IntN(3)] + " bits " + any("b", n))
			same("BITCOUNT bits")
			same(fmt.Sprintf("GETBIT bits %d", r.IntN(3000)))
			same(fmt.Sprintf("COPY %s c%d%s", any("s", 1), r.IntN(3), []string{"", " REPLACE", " DB 0 REPLACE"}[r.IntN(3)]))
			same("SMEMBERS c1")
			same(fmt.Sprintf("%s c%d c%d", []string{"RENAME", "RENAMENX"}[r.IntN(2)], r.IntN(3), r.IntN(3)))
			same("EXISTS c0 c1 c2")
		}
		for _, line := range []string{
			"SINTER", "SUNION", "SDIFF", "SINTERSTORE d", "SUNIONSTORE d", "SDIFFSTORE d", "SINTERCARD 1", "SINTERCARD", "SINTERCARD x s1", "SINTERCARD -1 s1", "SINTERCARD 01 s1",
			"SINTERCARD 2 s1", "SINTERCARD 9223372036854775807 s1", "SINTERCARD 9223372036854775808 s1", "SINTERCARD 1 s1 s2", "SINTERCARD 1 s1 LIMIT", "SINTERCARD 1 s1 LIMIT x", "SINTERCARD 1 s1 LIMIT -1",
			"SINTERCARD 1 s1 LIMIT 1 LIMIT 3", "SINTERCARD 1 s1 limit 2", "SINTERCARD 2 s1 LIMIT 2", "SINTERCARD 2 s1 LIMIT LIMIT 1", "SINTERCARD 0 s1 LIMIT -1",
			"COPY s1", "COPY s1 s1", "COPY none s1", "COPY none none", "COPY s1 c1 DB", "COPY s1 c1 DB x", "COPY s1 c1 DB 1x REPLACE", "COPY s1 c1 DB 99999", "COPY s1 c1 DB -1", "COPY s1 c1 BOGUS", "COPY s1 s1 BOGUS", "COPY s1 c1 REPLACE REPLACE",
			"RENAME s1", "RENAME none c1", "RENAME none none", "RENAME s1 s1", "RENAMENX s1 s1", "RENAMENX s1 s2", "RENAMENX none s1", "RENAMENX s1 s2 s3",
			"BITOP", "BITOP AND bits", "BITOP NOT bits b1 b2", "BITOP NAND bits b1", "BITOP NOT bits none", "BITOP AND bits none", "EXISTS bits", "BITOP OR bits none none", "BITOP AN bits b1",
			"SUNIONSTORE d none", "EXISTS d", "SINTERSTORE d none none", "SDIFFSTORE d none s1",
			"COMMAND GETKEYS SINTERCARD 2 a b LIMIT 3", "COMMAND GETKEYS SINTERCARD 3 a b", "COMMAND GETKEYS BITOP AND d a b", "COMMAND GETKEYS COPY a b REPLACE", "COMMAND GETKEYS SUNIONSTORE d a b", "COMMAND GETKEYS RENAME a b",
		} {
			same(line)
		}
		for _, name := range words("copy rename renamenx sinter sintercard sinterstore sunion sunionstore sdiff sdiffstore bitop") {
			want, got := redis.mustReply(t, "COMMAND", "INFO", name).items[0], tracker.mustReply(t, "COMMAND", "INFO", name).items[0]
			for i := range 6 { // name, arity, flags, positions of keys
				if want.items[i].raw != got.items[i].raw {
					t.Errorf("COMMAND INFO %s: %q, and in Redis %q", name, got.items[i].raw, want.items[i].raw)
				}
			}
		}
	}
}

// content is all that a client sees of the prefixes.
func content(t *testing.T, c *client) (all []string) {
	t.Helper()
	for _, prefix := range c.mustReply(t, "PT.LIST").texts() {
		line := prefix + c.mustReply(t, "PT.FORMAT", prefix, "7").raw
		for _, field := range []string{"max_id", "count"} {
			items := c.mustReply(t, "PT.INFO", prefix).texts()
			line += " " + items[slices.Index(items, field)+1]
		}
		all = append(all, line+c.mustReply(t, "PT.SCAN", prefix, "0", "COUNT", "1000000", "RUNS").raw)
	}
	slices.Sort(all)
	return all
}

// TestSeveralPrefixesOutliveAKill kills the server as soon as a command has replied: all that it has done is
// there when it comes back. What that is says a server with the same history that nobody kills.
func TestSeveralPrefixesOutliveAKill(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	flags := []string{"--addr", "127.0.0.1:0", "--dir", t.TempDir()}
	m, twin := startMortal(t, flags...), connect(t, startServer(t).addr)
	c := connect(t, m.addr)
	both := func(line string) {
		t.Helper()
		for part := range strings.SplitSeq(line, "|") {
			if r, other := c.mustReply(t, words(part)...), twin.mustReply(t, words(part)...); r.kind == '-' || r.raw != other.raw {
				t.Fatalf("%s replied %q, and %q", part, r.raw, other.raw)
			}
		}
	}
	both("PT.CREATE a: MAXID 1000000 WIDTH 7 TAG t|PT.ADDRANGE a: 100 70000|PT.ADD a: 999999|PT.ADD b: 5 200 5000000000|PT.CREATE none: MAXID 10")
	for _, line := range []string{
		"COPY a: copy:", "SINTERSTORE i: a: b:", "SUNIONSTORE u: a: b:", "SDIFFSTORE d: a: b:", "BITOP XOR x: a: b:", "BITOP NOT n: none:",
		"RENAME a: renamed:", "COPY b: i: REPLACE", "SUNIONSTORE u: d: i:", "RENAME d: x:", "RENAMENX x: a:", "BITOP OR a: a: b:", "SINTERSTORE b: nothing:",
		"MULTI|RENAME copy: a:|SDIFFSTORE r: a: u:|EXEC",
	} {
		both(line)
		m.kill(t)
		m = startMortal(t, flags...)
		c = connect(t, m.addr)
		if got, want := content(t, c), content(t, twin); !slices.Equal(got, want) {
			t.Fatalf("after %s and a kill there is\n%.2000q\nwant\n%.2000q", line, got, want)
		}
	}
}

// TestLeasesOfARenamedPrefixOutliveAKill: they go with it, and end with one that it takes the place of.
func TestLeasesOfARenamedPrefixOutliveAKill(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	flags := []string{"--addr", "127.0.0.1:0", "--dir", t.TempDir()}
	m := startMortal(t, flags...)
	c := connect(t, m.addr)
	c.mustReply(t, words("PT.CREATE a: MAXID 100")...)
	token := c.mustReply(t, words("PT.CLAIMNEXT a: COUNT 5 LEASE 600000")...).items[0].text
	other := c.mustReply(t, words("PT.CLAIMNEXT b: COUNT 2 LEASE 600000")...).items[0].text
	c.mustDo(t, "COPY a: c:", integer(1))
	c.mustDo(t, "PT.COUNT c:", integer(0)) // what is in flight does not exist
	c.mustDo(t, "RENAME a: b:", simple("OK"))
	m.kill(t)
	m = startMortal(t, flags...)
	c = connect(t, m.addr)
	if n := len(c.mustReply(t, "PT.LEASES", "b:").items); n != 1 {
		t.Errorf("%d leases go with the prefix", n)
	}
	if r := c.mustReply(t, "PT.CONFIRM", other); !strings.HasPrefix(r.text, "NOLEASE") {
		t.Errorf("that of the prefix before replies %q", r.raw)
	}
	c.mustDo(t, "PT.CONFIRM "+token, integer(5))
	c.mustDo(t, "PT.COUNT b:", integer(5))
	c.mustDo(t, "PT.LIST", array(bulk("b:"), bulk("c:")))
}

// TestStoreIsWholeOrNotAtAll kills the server in the middle of a SUNIONSTORE or COPY over a prefix that is there, at
// any moment: afterwards there is what was there before, or all of the other, and never a part of it.
func TestStoreIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	flags := []string{"--addr", "127.0.0.1:0", "--dir", t.TempDir()}
	m := startMortal(t, flags...)
	c := connect(t, m.addr)
	const large, small = 40_000_000, 1000
	c.mustDo(t, fmt.Sprintf("PT.ADDRANGE large: 0 %d", large), integer(large))
	c.mustDo(t, fmt.Sprintf("PT.ADDRANGE small: 0 %d", small), integer(small))
	r := rand.New(rand.NewPCG(1, 1))
	seen := map[string]int{}
	for i := range 8 {
		c.mustDo(t, "COPY small: dst: REPLACE", integer(1))
		line := []string{"SUNIONSTORE dst: large: small:", "COPY large: dst: REPLACE"}[i%2]
		c.send(words(line)...)
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.IntN(60)) * time.Millisecond) // any moment will do
		m.kill(t)
		m = startMortal(t, flags...)
		c = connect(t, m.addr)
		n := c.mustReply(t, "PT.COUNT", "dst:").text
		if seen[n]++; n != strconv.Itoa(large) && n != strconv.Itoa(small) {
			t.Errorf("after a kill in %s dst: has %s IDs", line, n)
		}
		c.mustDo(t, "PT.LIST", array(bulk("dst:"), bulk("large:"), bulk("small:")))
	}
	t.Logf("%v", seen)
}

// TestStoreWithoutRoom: what has no room is refused, changes nothing, and costs nothing afterwards.
func TestStoreWithoutRoom(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--max-memory", "32mb")
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE wide: MAXID 100000000000", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE dst 0 10", integer(10))
	c.mustDo(t, "PT.ADDRANGE src 0 130000000", integer(130_000_000)) // half of it: there is no room for a copy beside it
	before := infoField(t, c, "used_memory_dataset")
	for _, line := range []string{"BITOP NOT dst wide:", "COPY src dst REPLACE", "SUNIONSTORE dst src dst", "SDIFFSTORE new src dst", "COPY src new"} {
		if r := c.mustReply(t, words(line)...); !strings.HasPrefix(r.text, "OOM ") {
			t.Errorf("%s replied %q", line, r.raw)
		}
	}
	c.mustDo(t, "PT.COUNT dst", integer(10))
	c.mustDo(t, "EXISTS new", integer(0))
	if now := infoField(t, c, "used_memory_dataset"); now != before {
		t.Errorf("%d bytes are used, and %d were", now, before)
	}
}

// TestStoreEndsWithItsClient: what is made aside is for nobody once its client has gone, and is given up. In a
// transaction it is not: what stands behind it there relies on it.
func TestStoreEndsWithItsClient(t *testing.T) {
	onLinux(t)
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	operator := connect(t, s.addr)
	operator.mustDo(t, "PT.ADDRANGE src 0 100000000", integer(100_000_000))
	operator.mustDo(t, "PT.ADD dst 1", integer(1))
	long := "SUNIONSTORE dst" + strings.Repeat(" src", 30)
	for _, lines := range [][]string{{long, "DEL src"}, {"MULTI", long, "DEL src", "EXEC"}} {
		c := connect(t, s.addr)
		for _, line := range lines {
			c.send(words(line)...)
		}
		before := s.cpuTime(t)
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is at work", func() bool { return (s.cpuTime(t) - before).Milliseconds() > 50 })
		operator.mustDo(t, "CLIENT KILL ADDR "+c.conn.LocalAddr().String(), integer(1))
		eventually(t, "it ends", func() bool { return infoField(t, operator, "connected_clients") == 1 })
		stored, there := "1", ":1\r\n"
		if len(lines) > 2 {
			stored, there = "100000000", ":0\r\n"
		}
		if n, is := operator.mustReply(t, "PT.COUNT", "dst").text, operator.mustReply(t, "EXISTS", "src").raw; n != stored || is != there {
			t.Errorf("after %.30q dst has %s IDs, and EXISTS src replies %q", lines, n, is)
		}
	}
}
