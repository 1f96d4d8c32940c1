package integration_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

const (
	badID       = "-ERR invalid id: must be an integer from 0 to 281474976710655\r\n"
	badPrefix   = "-ERR invalid prefix: must be 1 to 512 bytes\r\n"
	badRange    = "-ERR invalid range: must be two integers from 0 to 281474976710656\r\n"
	badSyntax   = "-ERR syntax error\r\n"
	badNumber   = "-ERR value is not an integer or out of range\r\n"
	negative    = "-ERR value is out of range, must be positive\r\n"
	badCursor   = "-ERR invalid cursor\r\n"
	badTotal    = "-ERR invalid total: must be an integer from 1 to 65536\r\n"
	badIndex    = "-ERR index out of range\r\n"
	badMaxID    = "-ERR invalid maxid: must be an integer from 1 to 281474976710656\r\n"
	badWidth    = "-ERR invalid width: must be an integer from 0 to 32\r\n"
	badTag      = "-ERR invalid tag: must be 1 to 128 bytes without '{' or '}'\r\n"
	setAndUnset = "-ERR syntax error, SET not supported in combination with UNSET\r\n"
	keysAndRuns = "-ERR syntax error, KEYS not supported in combination with RUNS\r\n"
	unbounded   = "-ERR unbounded prefix: give RANGE\r\n"
	noPrefix    = "-ERR no such prefix\r\n"
	existing    = "-ERR prefix already exists\r\n"
)

// badCase is one command that must reply exactly this error and change nothing.
type badCase struct {
	args []string
	want string
}

func bad(line, want string) badCase { return badCase{words(line), want} }

// ground is a server with a bounded and an unbounded prefix, both partly filled.
type ground struct {
	*client
	observer *client
}

func newGround(t *testing.T) ground {
	t.Helper()
	s := startServer(t)
	g := ground{connect(t, s.addr), connect(t, s.addr)}
	g.mustDo(t, "PT.CREATE bound: MAXID 1000", simple("OK"))
	g.mustDo(t, "PT.ADDRANGE bound: 100 200", integer(100))
	g.mustDo(t, "PT.ADD open: 3 70 5000", integer(3))
	return g
}

// digest is everything that can be seen of the state: all prefixes, all of PT.INFO with its
// counters, all IDs.
func (g ground) digest(t *testing.T) string {
	t.Helper()
	list := g.observer.mustReply(t, "PT.LIST")
	state := list.raw
	for _, prefix := range list.texts() {
		state += g.observer.mustReply(t, "PT.INFO", prefix).raw
		state += g.observer.mustReply(t, "PT.SCAN", prefix, "0", "COUNT", "65536").raw
	}
	return state
}

func (g ground) check(t *testing.T, cases []badCase) {
	t.Helper()
	before := g.digest(t)
	for _, c := range cases {
		g.mustDoArgs(t, c.args, c.want)
		g.mustDo(t, "PING", simple("PONG"))
		if after := g.digest(t); after != before {
			t.Fatalf("%.200q changed the state\n from %q\n to   %q", c.args, before, after)
		}
	}
}

func TestBadIDs(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	ids := []string{
		"-1", "+1", "1e3", "", " 1", "1 ", "1.0", "0x10", "abc", "\x00", "１",
		"281474976710656", "18446744073709551615", "18446744073709551616", "340282366920938463463374607431768211456",
		strings.Repeat("9", 10_000_000),
	}
	var cases []badCase
	for _, id := range ids {
		for _, command := range []string{"PT.ADD", "PT.REM", "PT.EXISTS", "PT.CLAIM"} {
			cases = append(cases, badCase{[]string{command, "bound:", id}, badID})
			cases = append(cases, badCase{[]string{command, "new:", id}, badID})
		}
		for _, command := range []string{"PT.ADD", "PT.REM"} {
			cases = append(cases, badCase{[]string{command, "bound:", "1", "150", "2", id}, badID})
		}
	}
	g.check(t, cases)
}

func TestBadPrefixes(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	var cases []badCase
	for _, prefix := range []string{"", strings.Repeat("p", 513), strings.Repeat("p", 100_000)} {
		for _, line := range []string{
			"PT.CREATE @", "PT.CREATE @ MAXID 10", "PT.DROP @", "PT.DROP bound: @", "PT.INFO @",
			"PT.ADD @ 1", "PT.REM @ 1", "PT.EXISTS @ 1", "PT.CLAIM @ 1", "PT.ADDRANGE @ 0 10",
			"PT.COUNT @", "PT.MAP @", "PT.CLAIMNEXT @", "PT.CLAIMNEXT @ COUNT 2", "PT.TAKENEXT @", "PT.SCAN @ 0",
			"PT.PARTITION @ 4 RANGE 0 10",
		} {
			args := strings.Fields(line)
			args[slices.Index(args, "@")] = prefix
			cases = append(cases, badCase{args, badPrefix})
		}
	}
	g.check(t, cases)

	longest := strings.Repeat("p", 512)
	g.mustDoArgs(t, []string{"PT.ADD", longest, "1"}, integer(1))
	g.mustDoArgs(t, []string{"PT.ADD", "\x00\r\n\xff", "1"}, integer(1))
	g.mustDo(t, "PT.LIST", array(bulk("\x00\r\n\xff"), bulk("bound:"), bulk("open:"), bulk(longest)))
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	var cases []badCase
	for _, command := range []string{"PT.CLAIMNEXT bound:", "PT.TAKENEXT bound:", "PT.SCAN bound: 0"} {
		cases = append(cases,
			bad(command+" FOO", badSyntaxAt("FOO")),
			bad(command+" ''", badSyntaxAt("")),
			bad(command+" COUNT", badSyntaxAt("COUNT")),
			bad(command+" COUNT 2 COUNT 2", badSyntaxAt("COUNT")),
			bad(command+" COUNT 2 3", badSyntaxAt("3")),
			bad(command+" COUNT x", badNumber),
			bad(command+" COUNT 1e3", badNumber),
			bad(command+" COUNT ''", badNumber),
			bad(command+" COUNT 18446744073709551616", badNumber),
			bad(command+" COUNT -1", negative),
			bad(command+" RANGE", badSyntaxAt("RANGE")),
			bad(command+" RANGE 5", badSyntaxAt("RANGE")),
			bad(command+" COUNT 2 RANGE 5", badSyntaxAt("RANGE")),
			bad(command+" RANGE 0 10 RANGE 0 10", badSyntaxAt("RANGE")),
			bad(command+" RANGE a 10", badRange),
			bad(command+" RANGE 0 b", badRange),
			bad(command+" RANGE -1 10", badRange),
			bad(command+" RANGE '' 10", badRange),
			bad(command+" RANGE 0 1e3", badRange),
			bad(command+" RANGE 0 281474976710657", badRange),
			bad(command+" RANGE 0 18446744073709551616", badRange),
			bad(command+" COUNT 2 KEYS KEYS", badSyntaxAt("KEYS")),
			bad(command+" COUNT 2 RUNS RUNS", badSyntaxAt("RUNS")),
			bad(command+" COUNT 2 KEYS RUNS", keysAndRuns),
			bad(command+" RUNS COUNT 2 KEYS", keysAndRuns),
			bad(command+" KEYS RUNS COUNT 2", keysAndRuns),
		)
	}
	newGround(t).check(t, append(cases,
		bad("PT.COUNT bound: FOO", badSyntaxAt("FOO")),
		bad("PT.COUNT bound: SET SET", badSyntaxAt("SET")),
		bad("PT.COUNT bound: SET UNSET", setAndUnset),
		bad("PT.COUNT bound: RANGE 5", badSyntaxAt("RANGE")),
		bad("PT.COUNT bound: RANGE 0 x", badRange),
		bad("PT.COUNT bound: RANGE 0 1 RANGE 0 1", badSyntaxAt("RANGE")),
		bad("PT.ADDRANGE bound: x 10", badRange),
		bad("PT.ADDRANGE bound: 0 -10", badRange),
		bad("PT.ADDRANGE bound: 0 281474976710657", badRange),
		bad("PT.LIST FOO", badSyntaxAt("FOO")),
		bad("PT.LIST MATCH", badSyntaxAt("MATCH")),
		bad("PT.LIST MATCH a MATCH b", badSyntaxAt("MATCH")),
	))
}

func TestBadScans(t *testing.T) {
	t.Parallel()
	newGround(t).check(t, []badCase{
		bad("PT.SCAN bound: x", badCursor),
		bad("PT.SCAN bound: ''", badCursor),
		bad("PT.SCAN bound: -1", badCursor),
		bad("PT.SCAN bound: 1e3", badCursor),
		bad("PT.SCAN bound: 1000", badCursor),
		bad("PT.SCAN bound: 5000", badCursor),
		bad("PT.SCAN open: 9007199254740992", badCursor),
		bad("PT.SCAN open: 18446744073709551617", badCursor),
		bad("PT.SCAN bound: 50 RANGE 100 200", badCursor),
		bad("PT.SCAN bound: 100 RANGE 100 200", badCursor),
		bad("PT.SCAN bound: 200 RANGE 100 200", badCursor),
		bad("PT.SCAN bound: 100 ALL PARTITION 1 10", badCursor),
		bad("PT.SCAN bound: 200 ALL PARTITION 1 10", badCursor),
		bad("PT.SCAN bound: 0 SET UNSET", setAndUnset),
		bad("PT.SCAN bound: 0 ALL ALL", badSyntaxAt("ALL")),
		bad("PT.SCAN bound: 0 PARTITION", badSyntaxAt("PARTITION")),
		bad("PT.SCAN bound: 0 PARTITION 1", badSyntaxAt("PARTITION")),
		bad("PT.SCAN bound: 0 PARTITION 0 2 PARTITION 0 2", badSyntaxAt("PARTITION")),
		bad("PT.SCAN bound: 0 PARTITION 0 0", badTotal),
		bad("PT.SCAN bound: 0 PARTITION 0 65537", badTotal),
		bad("PT.SCAN bound: 0 PARTITION 4 4", badIndex),
		bad("PT.SCAN bound: 0 PARTITION 5 4", badIndex),
		bad("PT.SCAN open: 0 UNSET", unbounded),
		bad("PT.SCAN open: 0 ALL", unbounded),
		bad("PT.SCAN open: 0 PARTITION 0 4", unbounded),
		bad("PT.SCAN missing: 0 UNSET", noPrefix),
		bad("PT.SCAN missing: 0 ALL", noPrefix),
		bad("PT.COUNT open: UNSET", unbounded),
		bad("PT.PARTITION open: 4", unbounded),
		bad("PT.PARTITION bound: 0", badTotal),
		bad("PT.PARTITION bound: -1", badTotal),
		bad("PT.PARTITION bound: x", badTotal),
		bad("PT.PARTITION bound: ''", badTotal),
		bad("PT.PARTITION bound: 65537", badTotal),
		bad("PT.PARTITION bound: 4 INDEX 4", badIndex),
		bad("PT.PARTITION bound: 4 INDEX 5", badIndex),
		bad("PT.PARTITION bound: 4 INDEX", badSyntaxAt("INDEX")),
		bad("PT.PARTITION bound: 4 INDEX 1 INDEX 1", badSyntaxAt("INDEX")),
		bad("PT.PARTITION bound: 4 FOO", badSyntaxAt("FOO")),
		bad("PT.PARTITION bound: 4 RANGE 1", badSyntaxAt("RANGE")),
		bad("PT.PARTITION bound: 4 RANGE 1 x", badRange),
		bad("PT.PARTITION open: 4 RANGE 0 281474976710657", badRange),
	})
}

// TestRefusedMemory asks for 32 TiB of IDs. No machine has them, so nothing may change: not even
// a prefix may appear.
func TestRefusedMemory(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the memory limit is known on Linux only")
	}
	const refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
	newGround(t).check(t, []badCase{
		bad("PT.ADDRANGE open: 0 281474976710656", refused),
		bad("PT.ADDRANGE new: 0 281474976710656", refused),
	})
}

func TestBadRegistryCommands(t *testing.T) {
	t.Parallel()
	newGround(t).check(t, []badCase{
		bad("PT.CREATE bound:", existing),
		bad("PT.CREATE open: MAXID 10", existing),
		bad("PT.CREATE new: FOO", badSyntaxAt("FOO")),
		bad("PT.CREATE new: MAXID", badSyntaxAt("MAXID")),
		bad("PT.CREATE new: MAXID 10 MAXID 10", badSyntaxAt("MAXID")),
		bad("PT.CREATE new: WIDTH 3 WIDTH 3", badSyntaxAt("WIDTH")),
		bad("PT.CREATE new: TAG a TAG b", badSyntaxAt("TAG")),
		bad("PT.CREATE new: MAXID 0", badMaxID),
		bad("PT.CREATE new: MAXID -1", badMaxID),
		bad("PT.CREATE new: MAXID 1e6", badMaxID),
		bad("PT.CREATE new: MAXID ''", badMaxID),
		bad("PT.CREATE new: MAXID 281474976710657", badMaxID),
		bad("PT.CREATE new: WIDTH -1", badWidth),
		bad("PT.CREATE new: WIDTH 33", badWidth),
		bad("PT.CREATE new: WIDTH x", badWidth),
		bad("PT.CREATE new: TAG ''", badTag),
		bad("PT.CREATE new: TAG a{b", badTag),
		bad("PT.CREATE new: TAG a}b", badTag),
		bad("PT.CREATE new: TAG "+strings.Repeat("t", 129), badTag),
		bad("PT.INFO missing:", noPrefix),
	})
}

// badSyntaxAt is the error that names the word that does not belong there.
func badSyntaxAt(word string) string { return "-ERR syntax error at '" + word + "'\r\n" }
