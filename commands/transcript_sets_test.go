package commands

import (
	"strings"
	"testing"
)

// set is the header of a set of n in a protocol.
func set(protocol int, n string) string {
	if protocol == 3 {
		return "~" + n
	}
	return "*" + n
}

func TestTranscripts_SetsAndBits(t *testing.T) {
	const notMember = "-ERR value is not an ID of this prefix"
	for _, p := range []int{2, 3} {
		transcript(t, newCommands(t, 0), p,
			// A member is an ID or a key of that prefix.
			"SADD v: 1 000000000002 v:000000000003 v:{tag}:000000000003 1 => :3",
			"SADD v: 4 w:000000000004 => "+notMember,
			"SADD v: 4 v:4 => "+notMember,
			"SADD v: 281474976710656 => "+notMember,
			"SADD new: new:000000000001x => "+notMember,
			"SADD new: memtier-5 => "+notMember,
			"SADD => -ERR wrong number of arguments for 'sadd' command",
			"DBSIZE => :1", // what is refused leaves nothing
			"SCARD v: => :3", "SCARD new: => :0",
			"SISMEMBER v: 2 => :1", "SISMEMBER v: v:000000000004 => :0", "SISMEMBER v: x => "+notMember, "SISMEMBER new: 1 => :0",
			"SMISMEMBER v: 1 9 v:000000000003 => *3 :1 :0 :1", "SMISMEMBER v: 1 y => "+notMember, "SMISMEMBER new: 1 2 => *2 :0 :0",
			"SMEMBERS v: => "+set(p, "3")+" $1 1 $1 2 $1 3", "SMEMBERS new: => "+set(p, "0"),
			"SSCAN v: 0 => *2 $1 0 *3 $1 1 $1 2 $1 3", "SSCAN v: 0 COUNT 2 => *2 $1 3 *2 $1 1 $1 2", "SSCAN v: 3 COUNT 2 => *2 $1 0 *1 $1 3",
			"SSCAN v: 0 MATCH [13] => *2 $1 0 *2 $1 1 $1 3", "SSCAN new: 7 => *2 $1 0 *0",
			"SSCAN v: x => -ERR invalid cursor", "SSCAN v: 0 COUNT 0 => -ERR syntax error", "SSCAN v: 0 TYPE set => -ERR syntax error",
			"SREM v: 1 v:000000000002 9 => :2", "SREM v: nobody:1 => "+notMember, "SREM new: 1 => :0",
			"SRANDMEMBER v: => $1 3", "SRANDMEMBER v: 5 => *1 $1 3", "SRANDMEMBER v: -3 => *3 $1 3 $1 3 $1 3", "SRANDMEMBER v: 0 => *0",
			"SRANDMEMBER new: => "+null(p), "SRANDMEMBER new: 2 => *0", "SRANDMEMBER v: x => -ERR value is not an integer or out of range",
			"SRANDMEMBER v: 1 2 => -ERR syntax error",
			"SPOP v: 0 => "+set(p, "0"), "SPOP v: -1 => -ERR value is out of range, must be positive", "SPOP v: 1 2 => -ERR syntax error",
			"SPOP v: => $1 3", "SPOP v: => "+null(p), "SPOP v: 4 => "+set(p, "0"), "SPOP new: => "+null(p),
			"DBSIZE => :1",

			"SETBIT b: 7 1 => :0", "SETBIT b: 7 1 => :1", "SETBIT b: 000000000009 1 => :0", "SETBIT b: 9 0 => :1", "SETBIT b: 9 0 => :0",
			"SETBIT b: x 1 => -ERR bit offset is not an integer or out of range", "SETBIT b: -1 1 => -ERR bit offset is not an integer or out of range",
			"SETBIT b: 1 2 => -ERR bit is not an integer or out of range", "SETBIT c: 5 0 => :0",
			"GETBIT b: 7 => :1", "GETBIT b: 8 => :0", "GETBIT c: 8 => :0", "GETBIT b: x => -ERR bit offset is not an integer or out of range",
			"BITCOUNT b: => :1", "BITCOUNT b: 0 0 => :1", "BITCOUNT b: 0 6 BIT => :0", "BITCOUNT b: 1 => -ERR syntax error",
			"BITCOUNT b: 0 -1 NIBBLE => -ERR syntax error", "BITCOUNT c: => :0",
			"BITPOS b: 1 => :7", "BITPOS b: 0 => :0", "BITPOS b: 1 1 => :-1", "BITPOS b: 2 => -ERR The bit argument must be 1 or 0.",
			"BITPOS c: 0 => :0", "BITPOS c: 1 => :-1", "BITPOS b: x => -ERR value is not an integer or out of range",
			"DBSIZE => :2", // SETBIT 0 made none

			// The bound of a prefix holds for these commands, too.
			"PT.CREATE m: MAXID 10 => +OK",
			"SADD m: 9 10 => :1", "SETBIT m: 10 1 => :0", "SETBIT m: 10 1 => :0", "GETBIT m: 10 => :0", "SCARD m: => :1",
			"PT.ADDRANGE m: 0 10 => :9", "BITPOS m: 0 => :-1",
		)
	}
}

func TestSpop_OutOfMemoryAndCaps(t *testing.T) {
	x := newCommands(t, 100<<10)
	for _, line := range []string{"SADD new: 1 300000 600000 900000 1200000", "SETBIT new: 5000000000 1"} {
		if got := do(x, "SADD one: 1"); !strings.HasPrefix(got, ":") {
			t.Fatal(got)
		}
		for range 5 { // until the budget is used up
			do(x, line)
		}
	}
	if got := do(x, "SADD new: 2600000 2900000 3200000 3500000"); !strings.HasPrefix(got, "-OOM ") {
		t.Errorf("%q", got)
	}
	x = newCommands(t, 0)
	x.options.MaxCount = 3
	do(x, "PT.ADDRANGE v: 0 10")
	for line, want := range map[string]string{"SPOP v: 9": "*3\r\n", "SRANDMEMBER v: 9": "*3\r\n", "SRANDMEMBER v: -9": "*3\r\n"} {
		if got := do(x, line); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", line, got)
		}
	}
}
