package commands

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// transcript runs lines on one connection and compares the raw replies. A line
// is "command => reply", the reply with \r\n written as a blank.
func transcript(t *testing.T, x *Commands, protocol int, lines ...string) {
	t.Helper()
	var out bytes.Buffer
	c := resp.NewConn(&out)
	c.SetProtocol(protocol)
	for _, line := range lines {
		command, want, _ := strings.Cut(line, " => ")
		out.Reset()
		x.ServeRESP(c, words(command))
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSuffix(strings.ReplaceAll(out.String(), "\r\n", " "), " ")
		if got != want {
			t.Errorf("RESP%d %s\n got %s\nwant %s", protocol, command, got, want)
		}
	}
}

// null is "no value" in a protocol.
func null(protocol int) string {
	if protocol == 3 {
		return "_"
	}
	return "$-1"
}

func TestTranscripts(t *testing.T) {
	const badID = "-ERR invalid id: must be an integer from 0 to 281474976710655"
	for _, p := range []int{2, 3} {
		transcript(t, newCommands(t, 0), p,
			"PT.MEXISTS v: 1 2 => *2 :0 :0",
			"PT.MCLAIM v: 1 2 1 => *3 :1 :1 :0",
			"PT.MEXISTS v: 000000000002 3 1 => *3 :1 :0 :1",
			"PT.MCLAIM v: 3 x => "+badID,
			"PT.MEXISTS v: 3 -1 => "+badID,
			"PT.EXISTS v: 3 => :0",
			"PT.ADDRANGE v: 0 300000 => :299998",
			"PT.REMRANGE v: 10 299990 => :299980",
			"PT.REMRANGE v: 0 281474976710656 => :20",
			"PT.REMRANGE missing: 0 5 => :0",
			"PT.REMRANGE v: 5 x => -ERR invalid range: must be two integers from 0 to 281474976710656",
			"PT.LIST => *1 $2 v:",
			"PT.ADD v: 1 2 3 => :3",
			"PT.TOTAL => :3",
			"PT.TOTAL x => -ERR wrong number of arguments for 'pt.total' command",
			"PT.CLEAR v: BOGUS => -ERR syntax error",
			"PT.CLEAR v: RETAIN => :3",
			"PT.ADD v: 7 => :1",
			"PT.CLEAR v: => :1",
			"PT.CLEAR missing: => :0",
			"PT.COUNT v: => :0",
			"PT.RESERVE v: x => -ERR invalid size: must be an integer from 0 to 281474976710656",
			"PT.RESERVE v: 1000000 => +OK",
			"PT.CREATE vec: TAG abc => +OK",
			"PT.CREATE short: WIDTH 0 => +OK",
			"PT.FORMAT vec: 42 7 => *2 $22 vec:{abc}:000000000042 $22 vec:{abc}:000000000007",
			"PT.FORMAT missing: 42 => *1 $20 missing:000000000042",
			"PT.FORMAT vec: 1e3 => "+badID,
			"PT.PARSE vec:{abc}:000000000042 vec:{zz}:000000000043 vec:000000000044 => *3 *2 $4 vec: :42 *2 $4 vec: :43 *2 $4 vec: :44",
			"PT.PARSE vec: vec:12x vec:42 vec:0000000000042 vec:{}:000000000042 vec:{a}000000000042 nobody:000000000042 => *7"+strings.Repeat(" "+null(p), 7),
			"PT.PARSE vec:1234567890123 short:0 short:10 short:010 => *4 *2 $4 vec: :1234567890123 *2 $6 short: :0 *2 $6 short: :10 "+null(p),
			"PT.CREATE vec:0 WIDTH 0 => +OK",
			"PT.PARSE vec:000000000042 vec:042 => *2 *2 $4 vec: :42 *2 $5 vec:0 :42",
			"PT.ADDKEY vec:000000000001 vec:000000000002 vec:000000000001 who:000000000001 => :2",
			"PT.EXISTS vec: 2 => :1",
			"PT.REMKEY vec:{q}:000000000001 vec:000000000009 who:000000000001 => :1",
			"PT.COUNT vec: => :1",
			"PT.SCAN v: 0 RANDOM 1 => -ERR unbounded prefix: give RANGE",
			"PT.SCAN v: 0 RANDOM x RANGE 0 5 => -ERR value is not an integer or out of range",
			"PT.SCAN v: 5 ALL RANDOM 1 RANGE 0 5 => -ERR invalid cursor",
			"PT.SCAN v: 0 RANDOM 1 RANDOM 2 RANGE 0 5 => -ERR syntax error",
			"PT.CLAIMNEXT r: COUNT 3 RUNS => *1 *2 :0 :3",
			"PT.CLAIMNEXT r: RANGE 0 3 => "+null(p),
			"PT.TAKENEXT missing: => "+null(p),
			"PT.TAKENEXT missing: COUNT 2 => *0",
		)
	}
}

func TestTranscripts_TrackersAreTheKeys(t *testing.T) {
	for _, p := range []int{2, 3} {
		transcript(t, newCommands(t, 0), p,
			"DBSIZE => :0",
			"PT.ADD a: 1 => :1", "PT.ADD b: 1 => :1", "PT.ADD c: 1 => :1",
			"DBSIZE => :3",
			"TYPE a: => +prefix-tracker", "TYPE z: => +none",
			"EXISTS a: b: z: a: => :3",
			"TTL a: => :-1", "PTTL z: => :-2",
			"KEYS [ab]* => *2 $2 a: $2 b:",
			"SCAN 0 MATCH c* COUNT 1000 => *2 $1 0 *1 $2 c:",
			"SCAN 0 TYPE string COUNT 1000 => *2 $1 0 *0",
			"SCAN 0 TYPE prefix-tracker MATCH a* COUNT 1000 => *2 $1 0 *1 $2 a:",
			"MEMORY USAGE z: => "+null(p),
			"DEL a: z: => :1", "UNLINK b: => :1",
			"MULTI => +OK", "PT.CLAIMNEXT t: => +QUEUED", "PT.CLAIMNEXT t: COUNT 2 => +QUEUED", "PT.ADD t: x => +QUEUED",
			"EXEC => *3 :0 *2 :1 :2 -ERR invalid id: must be an integer from 0 to 281474976710655",
			"MULTI => +OK", "PT.CLAIMNEXT t: => +QUEUED", "DISCARD => +OK", "PT.COUNT t: => :3",
			"MULTI => +OK", "RESET => +RESET", "EXEC => -ERR EXEC without MULTI",
			"COMMAND GETKEYS PT.ADD t: 1 2 => *1 $2 t:", "COMMAND GETKEYS PT.DELITER OPEN t: => *1 $2 t:",
			"FLUSHALL => +OK", "DBSIZE => :0",
		)
	}
}

func TestScanRandom_VisitsEachOnceInAnOrderOfTheSeed(t *testing.T) {
	x := newCommands(t, 0)
	do(x, "PT.ADDRANGE v: 100 20100")
	order := func(seed int) (all []string) {
		cursor := "0"
		for {
			reply := strings.Fields(strings.ReplaceAll(do(x, fmt.Sprintf("PT.SCAN v: %s RANGE 0 40000 RANDOM %d COUNT 1000", cursor, seed)), "\r\n", " "))
			cursor = reply[2]
			all = append(all, reply[4:]...)
			if cursor == "0" {
				return all
			}
		}
	}
	one, again, two := order(1), order(1), order(2)
	if strings.Join(one, "") != strings.Join(again, "") || strings.Join(one, "") == strings.Join(two, "") {
		t.Error("the seed does not fix the order")
	}
	seen := map[string]bool{}
	for _, id := range one {
		if seen[id] {
			t.Fatalf("%s twice", id)
		}
		seen[id] = true
	}
	if len(seen) != 20_000 {
		t.Errorf("%d IDs of 20,000", len(seen))
	}
}

func TestDelIter_ExclusiveUntilItEnds(t *testing.T) {
	x := newCommands(t, 0)
	clock := time.Unix(1000, 0)
	x.deleters = tracker.NewDeleters(func() time.Time { return clock })
	open := func(line string) string {
		parts := strings.Split(do(x, line), "\r\n")
		if len(parts) < 2 || parts[0] != "$26" {
			t.Fatalf("%s: %q", line, parts)
		}
		return parts[1]
	}
	do(x, "PT.ADD v: 1 2 3 500 501")
	token := open("PT.DELITER OPEN v: RANGE 0 100 TTL 5000")
	for line, want := range map[string]string{
		"PT.DELITER OPEN v:":              "-INUSE a delete iterator is active\r\n",
		"PT.DELITER OPEN missing:":        "-ERR no such prefix\r\n",
		"PT.DELITER OPEN v: TTL 0":        "-ERR invalid ttl: must be a positive number of milliseconds\r\n",
		"PT.DELITER OPEN v: COUNT 5":      "-ERR syntax error\r\n",
		"PT.DELITER NEXT bogus":           "-NOTOKEN no such delete iterator\r\n",
		"PT.DELITER CLOSE bogus":          ":0\r\n",
		"PT.DELITER":                      "-ERR wrong number of arguments for 'pt.deliter' command\r\n",
		"PT.DELITER BOGUS x":              "-ERR unknown subcommand 'BOGUS'. Try PT.DELITER HELP.\r\n",
		"PT.DELITER NEXT " + token + " X": "-ERR syntax error\r\n",
	} {
		if got := do(x, line); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := do(x, "PT.INFO v:"); !strings.Contains(got, "deleter\r\n$4\r\nheld") {
		t.Errorf("%q", got)
	}
	if got := do(x, "PT.DELITER NEXT "+token+" COUNT 2 KEYS"); got != "*2\r\n$14\r\nv:000000000001\r\n$14\r\nv:000000000002\r\n" {
		t.Errorf("%q", got)
	}
	clock = clock.Add(4 * time.Second)
	if got := do(x, "PT.DELITER NEXT "+token); got != ":3\r\n" {
		t.Errorf("%q", got)
	}
	if got := do(x, "PT.DELITER NEXT "+token); got != "$-1\r\n" {
		t.Errorf("500 lies outside the range: %q", got)
	}
	clock = clock.Add(6 * time.Second)
	if got := do(x, "PT.DELITER NEXT "+token); got != "-NOTOKEN no such delete iterator\r\n" {
		t.Errorf("after its time: %q", got)
	}
	token = open("PT.DELITER OPEN v:")
	if got := do(x, "PT.DELITER CLOSE "+token) + do(x, "PT.DELITER CLOSE "+token); got != ":1\r\n:0\r\n" {
		t.Errorf("%q", got)
	}
	open("PT.DELITER OPEN v:")
}
