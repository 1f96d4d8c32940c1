package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestHeavyCommandsHoldNobodyUp sends, again and again, what takes a command long: many IDs,
// long replies, wide ranges, many prefixes, many clients. Others are served meanwhile; the limit
// is not that of attacks, as commands of up to some milliseconds share a loop with others. (On
// one thread, as in Redis, each of these is a pause for everybody.)
func TestHeavyCommandsHoldNobodyUp(t *testing.T) {
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE full: MAXID 3000000", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE full: 0 3000000", integer(3_000_000))
	c.mustDo(t, "PT.CREATE wide: MAXID 281474976710656", simple("OK"))
	const prefixes = 20_000
	for i := range prefixes {
		c.send("PT.CREATE", fmt.Sprintf("p:%d:", i))
	}
	for range prefixes {
		if r, err := c.receive(); err != nil || r.raw != simple("OK") {
			t.Fatal(r.raw, err)
		}
	}
	fill(t, s.addr, 500)
	ids := numbers(0, 100_000)
	heavy := [][]string{
		{"ECHO", strings.Repeat("x", 4<<20)},
		slices.Concat([]string{"PT.MEXISTS", "full:"}, ids),
		slices.Concat([]string{"PT.ADD", "more:"}, ids),
		slices.Concat([]string{"PT.REM", "more:"}, ids),
		slices.Concat([]string{"PT.MCLAIM", "full:"}, ids),
		slices.Concat([]string{"PT.FORMAT", "full:"}, ids),
		slices.Concat([]string{"EXISTS"}, ids),
		{strings.Repeat("NOSUCH", 100_000), strings.Repeat("x", 1<<20)},
		{"SSCAN", "full:", "0", "COUNT", "200", "MATCH", "[" + strings.Repeat("a", 1<<20) + "]"},
		{"SCAN", "0", "COUNT", "200", "MATCH", "[" + strings.Repeat("a", 1<<20) + "]"},
		{"COMMAND", "LIST", "FILTERBY", "PATTERN", "*[" + strings.Repeat("x", 1<<18)},
		{"CONFIG", "GET", "*[" + strings.Repeat("x", 1<<20)},
		slices.Concat([]string{"PT.PARSE"}, ids),
		slices.Concat([]string{"PT.ADDKEY"}, ids),
	}
	for _, line := range []string{
		"PT.SCAN full: 0 COUNT 65536 KEYS", "PT.SCAN full: 0 RANDOM 7 COUNT 65536", "PT.SCAN wide: 0 UNSET COUNT 65536", "PT.SCAN wide: 0 ALL RANDOM 7 COUNT 65536",
		"PT.CLAIMNEXT next: COUNT 65536 KEYS", "PT.TAKENEXT next: COUNT 65536", "PT.CLAIMNEXT full: COUNT 65536", "PT.PARTITION wide: 65536",
		"PT.COUNT full: RANGE 1 2999999", "PT.MAP full: CELLS 65536", "PT.MAP next: CELLS 65536 GRAPH", "PT.ADDRANGE range: 0 3000000", "PT.REMRANGE range: 0 3000000", "PT.CLEAR range:",
		"PT.LIST", "PT.LIST MATCH *a*b*c*d*e*", "KEYS *", "SCAN 0 COUNT 100000", "PT.TOTAL", "SMEMBERS full:", "SRANDMEMBER full: 65536", "PT.SAMPLE full: COUNT 65536 DIST ZIPF .99 SCRAMBLE KEYS WITHSTATE",
		"PT.SAMPLE full: COUNT 65536 DIST NORMAL .5 .0001 DISTINCT", "PT.SAMPLE full: COUNT 1000 ONLY next:", "PT.SAMPLE wide: HIT 0 COUNT 65536 DISTINCT SCRAMBLE", "SPOP next: 65536",
		"SSCAN full: 0 COUNT 65536", "BITCOUNT full: 1 300000", "BITPOS full: 0", "CLIENT LIST", "COMMAND", "COMMAND DOCS", "INFO everything", "PT.RESERVE more: 3000000",
		"SUNION full: next:", "SINTERCARD 2 full: full:", "SUNIONSTORE union: full: next: wide:", "SDIFFSTORE union: full: next:", "BITOP NOT union: full:", "COPY full: union: REPLACE",
	} {
		heavy = append(heavy, words(line))
	}
	var worst time.Duration
	var name string
	mustServeHonest(t, s.addr, bearable, 3, func() {
		for _, args := range heavy {
			began, times := time.Now(), 0
			for ; times < 3 || times < 20 && time.Since(began) < 20*time.Millisecond; times++ {
				c := connect(t, s.addr) // one that has left its event loop would hold up nobody
				if r := c.mustReply(t, args...); r.kind == '-' && args[0][:3] != "NOS" {
					t.Errorf("%.60q replied %.100q", args, r.raw)
				}
				c.close()
			}
			if each := time.Since(began) / time.Duration(times); each > worst {
				worst, name = each, fmt.Sprintf("%.40q", args)
			}
		}
	})
	t.Logf("%d heavy commands, the longest takes %v: %s", len(heavy), worst, name)
}
