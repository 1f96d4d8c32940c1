package integration_test

import (
	"slices"
	"strings"
	"testing"
)

// These tests are the contract's good cases, a transcript for each family of commands.

func TestRegistryCommands(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.LIST", array())
	c.mustDo(t, "PT.CREATE vec: MAXID 1000000 TAG abc", simple("OK"))
	c.mustDo(t, "pt.create doc: width 0 maxid 281474976710656", simple("OK"))
	c.mustDo(t, "PT.ADD set: 1", integer(1))
	c.mustDo(t, "PT.LIST", array(bulk("doc:"), bulk("set:"), bulk("vec:")))
	c.mustDo(t, "PT.LIST MATCH *e*:", array(bulk("set:"), bulk("vec:")))
	c.mustDo(t, "PT.LIST match nothing", array())
	c.mustDo(t, "PT.DROP vec: missing: doc:", integer(2))
	c.mustDo(t, "PT.DROP vec:", integer(0))
	c.mustDo(t, "PT.LIST", array(bulk("set:")))
	c.mustDo(t, "PT.CREATE vec:", simple("OK"))
	c.mustDo(t, "PT.COUNT vec:", integer(0))
}

func TestInfo(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	fields := []string{
		"prefix", "max_id", "width", "tag", "count", "capacity",
		"memory_bytes", "created_at", "claims", "takes", "conflicts", "out_of_range", "deleter",
	}
	c.mustDo(t, "PT.CREATE vec: MAXID 100 TAG abc WIDTH 8", simple("OK"))
	c.mustDo(t, "PT.ADD vec: 1 2 100 281474976710655", integer(2))

	info := c.mustReply(t, "PT.INFO", "vec:")
	if info.kind != '*' {
		t.Errorf("RESP2 PT.INFO is %q, want a flat array", info.raw)
	}
	var names []string
	for i := 0; i < len(info.items); i += 2 {
		names = append(names, info.items[i].text)
	}
	for _, name := range fields {
		if !slices.Contains(names, name) {
			t.Errorf("PT.INFO lacks %s: %q", name, names)
		}
	}
	for name, want := range map[string]string{
		"prefix": "vec:", "max_id": "100", "width": "8", "tag": "abc",
		"count": "2", "out_of_range": "2", "deleter": "free",
	} {
		if got := info.field(t, name).text; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	c.mustReply(t, "HELLO", "3")
	if info := c.mustReply(t, "PT.INFO", "vec:"); info.kind != '%' || len(info.items) != 2*len(names) {
		t.Errorf("RESP3 PT.INFO is %q, want a map of %d", info.raw, len(names))
	}
}

func TestIDCommands(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.ADD vec: 1 2 3", integer(3))
	c.mustDo(t, "PT.ADD vec: 3 4 4", integer(1))
	c.mustDo(t, "PT.ADD vec: 000000000049", integer(1))
	c.mustDo(t, "PT.EXISTS vec: 49", integer(1))
	c.mustDo(t, "PT.EXISTS vec: 0000000000000000000000000000000000000049", integer(1))
	c.mustDo(t, "PT.EXISTS vec: 50", integer(0))
	c.mustDo(t, "PT.REM vec: 1 1 50", integer(1))
	c.mustDo(t, "PT.COUNT vec:", integer(4))
	c.mustDo(t, "PT.CLAIM vec: 1", integer(1))
	c.mustDo(t, "PT.CLAIM vec: 1", integer(0))
	c.mustDo(t, "PT.ADD vec: 281474976710655", integer(1))
	c.mustDo(t, "PT.EXISTS vec: 281474976710655", integer(1))
	c.mustDo(t, "PT.ADDRANGE vec: 0 10", integer(6))
	c.mustDo(t, "PT.ADDRANGE vec: 0 10", integer(0))
	c.mustDo(t, "PT.ADDRANGE vec: 10 10", integer(0))
	c.mustDo(t, "PT.ADDRANGE vec: 20 10", integer(0))
	c.mustDo(t, "PT.COUNT vec:", integer(12))
	c.mustDo(t, "PT.COUNT vec: SET RANGE 5 50", integer(6))
	c.mustDo(t, "PT.COUNT vec: RANGE 5 50 UNSET", integer(39))
	c.mustDo(t, "PT.COUNT vec: RANGE 0 281474976710656", integer(12))
	c.mustDo(t, "PT.COUNT vec: UNSET RANGE 0 281474976710656", integer(281474976710644))
	c.mustDo(t, "PT.COUNT vec: RANGE 50 5", integer(0))
}

func TestBoundedPrefix(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 100", simple("OK"))
	c.mustDo(t, "PT.ADD vec: 99 100 101", integer(1))
	c.mustDo(t, "PT.CLAIM vec: 100", integer(0))
	c.mustDo(t, "PT.REM vec: 100", integer(0))
	c.mustDo(t, "PT.EXISTS vec: 100", integer(0))
	c.mustDo(t, "PT.ADDRANGE vec: 90 200", integer(9))
	c.mustDo(t, "PT.COUNT vec: UNSET", integer(90))
	c.mustDo(t, "PT.COUNT vec: UNSET RANGE 50 500", integer(40))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 5 RANGE 88 500", array(integer(88), integer(89)))
	c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 100 500", null2)
}

func TestMissingPrefix(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.REM m: 1", integer(0))
	c.mustDo(t, "PT.EXISTS m: 1", integer(0))
	c.mustDo(t, "PT.COUNT m:", integer(0))
	c.mustDo(t, "PT.TAKENEXT m:", null2)
	c.mustDo(t, "PT.TAKENEXT m: COUNT 5", array())
	c.mustDo(t, "PT.SCAN m: 0", array(bulk("0"), array()))
	c.mustDo(t, "PT.DROP m:", integer(0))
	c.mustDo(t, "PT.LIST", array())
	c.mustDo(t, "PT.CLAIM a: 1", integer(1))
	c.mustDo(t, "PT.CLAIMNEXT b:", integer(0))
	c.mustDo(t, "PT.ADDRANGE c: 5 6", integer(1))
	c.mustDo(t, "PT.LIST", array(bulk("a:"), bulk("b:"), bulk("c:")))
}

func TestHandOut(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CLAIMNEXT vec:", integer(0))
	c.mustDo(t, "PT.CLAIMNEXT vec: KEYS", bulk("vec:000000000001"))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1", array(integer(2)))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 0", array())
	c.mustDo(t, "PT.CLAIMNEXT vec: keys count 2", array(bulk("vec:000000000003"), bulk("vec:000000000004")))
	c.mustDo(t, "PT.ADD vec: 7 8", integer(2))
	c.mustDo(t, "PT.CLAIMNEXT vec: RUNS COUNT 6 RANGE 2 100",
		array(array(integer(5), integer(2)), array(integer(9), integer(4))))
	c.mustDo(t, "PT.TAKENEXT vec:", integer(0))
	c.mustDo(t, "PT.TAKENEXT vec: COUNT 2 KEYS", array(bulk("vec:000000000001"), bulk("vec:000000000002")))
	c.mustDo(t, "PT.TAKENEXT vec: RANGE 9 10 KEYS", bulk("vec:000000000009"))
	c.mustDo(t, "PT.TAKENEXT vec: COUNT 100 RUNS",
		array(array(integer(3), integer(6)), array(integer(10), integer(3))))
	c.mustDo(t, "PT.TAKENEXT vec:", null2)
	c.mustDo(t, "PT.COUNT vec:", integer(0))

	c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 10 10", null2)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 3 RANGE 10 5", array())
	if n := len(c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 100000")...).items); n != 65536 {
		t.Errorf("COUNT 100000 handed out %d IDs, want the cap of 65536", n)
	}
}

func TestKeyFormat(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	for _, test := range []struct{ options, key string }{
		{"", "vec:000000000042"},
		{"TAG abc", "vec:{abc}:000000000042"},
		{"WIDTH 0", "vec:42"},
		{"WIDTH 1", "vec:42"},
		{"WIDTH 32 TAG t", "vec:{t}:" + strings.Repeat("0", 30) + "42"},
	} {
		c.mustDo(t, strings.TrimSpace("PT.CREATE vec: "+test.options), simple("OK"))
		c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 42 43 KEYS", bulk(test.key))
		c.mustDo(t, "PT.SCAN vec: 0 KEYS", array(bulk("0"), array(bulk(test.key))))
		c.mustDo(t, "PT.TAKENEXT vec: COUNT 5 KEYS", array(bulk(test.key)))
		c.mustDo(t, "PT.DROP vec:", integer(1))
	}
	c.mustDo(t, "PT.CLAIMNEXT far: RANGE 281474976710655 281474976710656 KEYS", bulk("far:281474976710655"))
}

func TestPartition(t *testing.T) {
	t.Parallel()
	pair := func(start, end int) string { return array(integer(start), integer(end)) }
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 1000", simple("OK"))
	c.mustDo(t, "PT.PARTITION vec: 1", array(pair(0, 1000)))
	c.mustDo(t, "PT.PARTITION vec: 4", array(pair(0, 250), pair(250, 500), pair(500, 750), pair(750, 1000)))
	c.mustDo(t, "PT.PARTITION vec: 4 INDEX 3", pair(750, 1000))
	c.mustDo(t, "PT.PARTITION vec: 2 RANGE 900 5000", array(pair(900, 950), pair(950, 1000)))
	c.mustDo(t, "PT.PARTITION vec: 3 RANGE 100 110", array(pair(100, 104), pair(104, 108), pair(108, 110)))
	c.mustDo(t, "PT.PARTITION vec: 4 RANGE 100 102", array(pair(100, 101), pair(101, 102), pair(102, 102), pair(102, 102)))
	c.mustDo(t, "pt.partition open: 2 range 0 281474976710656 index 1", pair(140737488355328, 281474976710656))

	for _, total := range []int{3, 7, 64, 999, 1001, 2000, 65536} {
		parts := c.mustReply(t, words("PT.PARTITION vec: "+numbers(total, total+1)[0])...).items
		if len(parts) != total {
			t.Fatalf("PT.PARTITION vec: %d replied %d pairs", total, len(parts))
		}
		next, size := 0, 0
		for i, part := range parts {
			start, end := atoi(t, part.items[0].text), atoi(t, part.items[1].text)
			if start != next || end < start {
				t.Fatalf("partition %d of %d is [%d, %d), want it to start at %d", i, total, start, end, next)
			}
			if i > 0 && end-start > size {
				t.Fatalf("partition %d of %d is larger than the one before", i, total)
			}
			next, size = end, end-start
		}
		if next != 1000 {
			t.Fatalf("%d partitions end at %d, want 1000", total, next)
		}
	}
}
