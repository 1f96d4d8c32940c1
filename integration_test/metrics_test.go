package integration_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// redis_exporter and its kin parse these sections with regular expressions, and alarms are set on the
// numbers: so the form is Redis's to the letter, and the counts are exact, not about right.

// infoLines returns the fields of a section of INFO.
func infoLines(t *testing.T, c *client, section string) map[string]string {
	t.Helper()
	fields := make(map[string]string)
	for line := range strings.SplitSeq(c.mustReply(t, "INFO", section).text, "\r\n") {
		if name, value, found := strings.Cut(line, ":"); found {
			fields[name] = value
		}
	}
	return fields
}

// tally is what INFO commandstats counts of a command.
type tally struct{ calls, rejected, failed int }

var statLine = regexp.MustCompile(`^calls=(\d+),usec=(\d+),usec_per_call=(\d+\.\d\d),rejected_calls=(\d+),failed_calls=(\d+)$`)

// commandTallies reads INFO commandstats and checks each line's form, and that its two times agree.
func commandTallies(t *testing.T, c *client) map[string]tally {
	t.Helper()
	tallies := make(map[string]tally)
	for name, value := range infoLines(t, c, "commandstats") {
		command, isStat := strings.CutPrefix(name, "cmdstat_")
		parts := statLine.FindStringSubmatch(value)
		if !isStat || parts == nil || command != strings.ToLower(command) {
			t.Errorf("INFO commandstats has %s:%s", name, value)
			continue
		}
		calls, usec := atoi(t, parts[1]), atoi(t, parts[2])
		perCall, err := strconv.ParseFloat(parts[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		// Both are rounded: the total by half a microsecond, the mean by half a hundredth.
		if product, slack := perCall*float64(max(calls, 1)), 0.5+0.005*float64(calls)+0.01; product < float64(usec)-slack || product > float64(usec)+slack {
			t.Errorf("%s:%s: the times do not agree", name, value)
		}
		tallies[command] = tally{calls, atoi(t, parts[4]), atoi(t, parts[5])}
	}
	return tallies
}

// mustTally compares all that was counted since CONFIG RESETSTAT, which counts itself.
func mustTally(t *testing.T, c *client, want map[string]tally) {
	t.Helper()
	want["config|resetstat"] = tally{calls: 1}
	got := commandTallies(t, c)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is %+v in INFO commandstats, want %+v", name, got[name], want[name])
		}
		delete(got, name)
	}
	delete(got, "info") // the look itself
	if len(got) > 0 {
		t.Errorf("INFO commandstats has what nobody called: %+v", got)
	}
}

// TestCommandStatsCountEveryCall has connections send a known number of short and long commands,
// in pipelines that mix them, with refusals and failures between. A client that has all replies finds
// all of its calls counted.
func TestCommandStatsCountEveryCall(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "CONFIG RESETSTAT", simple("OK"))
	const connections, rounds = 8, 30
	// How often a round has each line: runs of one command, and of a length that no group divides.
	lines := []struct {
		line  string
		times int
	}{
		{"PING", 37}, {"PT.EXISTS v: 5", 1}, {"PT.ADD v: 1", 17}, {"PT.ADD v: x", 2}, {"PT.ADD v: 1 2 3", 3}, {"pt.claimnext v:", 5},
		{"PT.SCAN v: 0", 2}, {"PT.ADD v:", 3}, {"NOSUCH a", 2}, {"CLIENT ID", 19}, {"CLIENT NOSUCH", 1}, {"CLIENT SETNAME", 1},
		{"SPOP none: x", 1}, {"SMEMBERS none:", 1}, {"ECHO a", 1},
	}
	withConnections(t, connections, s.addr, func(_ int, c *client) error {
		for range rounds {
			sent := 0
			for _, l := range lines {
				for range l.times {
					c.send(words(l.line)...)
					sent++
				}
			}
			for range sent {
				if _, err := c.receive(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	const n = connections * rounds
	mustTally(t, c, map[string]tally{
		"ping": {calls: 37 * n}, "pt.exists": {calls: n}, "pt.add": {calls: 22 * n, rejected: 3 * n, failed: 2 * n},
		"pt.claimnext": {calls: 5 * n}, "pt.scan": {calls: 2 * n}, "client|id": {calls: 19 * n}, "client|setname": {rejected: n},
		"spop": {calls: n, failed: n}, "smembers": {calls: n}, "echo": {calls: n},
	})
	errors := infoLines(t, c, "errorstats")
	if want := fmt.Sprintf("count=%d", 10*n); len(errors) != 1 || errors["errorstat_ERR"] != want {
		t.Errorf("INFO errorstats is %v, want ERR:%s", errors, want)
	}
	if got := infoField(t, c, "total_error_replies"); got != 10*n {
		t.Errorf("total_error_replies is %d, want %d", got, 10*n)
	}
}

// TestTransactionsAreCountedByTheirCommands: what EXEC runs is counted as itself, and EXEC once.
func TestTransactionsAreCountedByTheirCommands(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	for _, test := range []struct {
		lines string
		want  map[string]tally
	}{
		{"MULTI; PT.ADD v: 1; PT.ADD v: 2; PT.ADD v: 3; EXEC", map[string]tally{"multi": {calls: 1}, "pt.add": {calls: 3}, "exec": {calls: 1}}},
		{"MULTI; PING; PT.SCAN v: 0; PT.COUNT v:; EXEC", map[string]tally{"multi": {calls: 1}, "ping": {calls: 1}, "pt.scan": {calls: 1}, "pt.count": {calls: 1}, "exec": {calls: 1}}},
		{"MULTI; PT.ADD v: x; PING; EXEC", map[string]tally{"multi": {calls: 1}, "pt.add": {calls: 1, failed: 1}, "ping": {calls: 1}, "exec": {calls: 1}}},
		{"MULTI; PING; PT.ADD v:; EXEC", map[string]tally{"multi": {calls: 1}, "pt.add": {rejected: 1}, "exec": {calls: 1, failed: 1}}},
		{"MULTI; PING; DISCARD", map[string]tally{"multi": {calls: 1}, "discard": {calls: 1}}},
	} {
		c.mustDo(t, "CONFIG RESETSTAT", simple("OK"))
		for line := range strings.SplitSeq(test.lines, "; ") {
			c.mustReply(t, words(line)...)
		}
		t.Log(test.lines)
		mustTally(t, c, test.want)
	}
}

// TestHelpIsCounted: HELP is a subcommand as any other, in Redis too.
func TestHelpIsCounted(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "CONFIG RESETSTAT", simple("OK"))
	c.mustReply(t, "CLIENT", "HELP")
	mustTally(t, c, map[string]tally{"client|help": {calls: 1}})
}

// TestCommandsProcessedAreTheCalls: the total counts a command once, also one that is given a thread
// of its own half-way.
func TestCommandsProcessedAreTheCalls(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE v: 0 1000", integer(1000))
	before := infoField(t, c, "total_commands_processed")
	for range 5 {
		// The first long command of a connection is the one that may move it.
		connect(t, s.addr).mustDo(t, "SMEMBERS none:", array())
		connect(t, s.addr).mustReply(t, words("SRANDMEMBER v: 1000")...)
	}
	// One INFO lies between the two looks.
	if n := infoField(t, c, "total_commands_processed") - before - 1; n != 10 {
		t.Errorf("10 commands count %d in total_commands_processed", n)
	}
}

// TestTimesAreSpent: DEBUG SLEEP is the one command whose least duration is known.
func TestTimesAreSpent(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t, "--enable-debug-command", "yes").addr)
	c.mustDo(t, "DEBUG SLEEP 0.03", simple("OK"))
	c.mustDo(t, "DEBUG SLEEP 0.03", simple("OK"))
	line := infoLines(t, c, "commandstats")["cmdstat_debug|sleep"]
	parts := statLine.FindStringSubmatch(line)
	if parts == nil || atoi(t, parts[2]) < 60_000 {
		t.Errorf("two sleeps of 30,000 us are %q", line)
	}
	const form = `^p50=(\d+\.\d\d\d),p99=(\d+\.\d\d\d),p99\.9=(\d+\.\d\d\d)$`
	for name, value := range infoLines(t, c, "latencystats") {
		parts := regexp.MustCompile(form).FindStringSubmatch(value)
		if !strings.HasPrefix(name, "latency_percentiles_usec_") || parts == nil {
			t.Fatalf("INFO latencystats has %s:%s", name, value)
		}
		last := 0.0
		for _, text := range parts[1:] {
			us, err := strconv.ParseFloat(text, 64)
			if err != nil || us < last || strings.HasSuffix(name, "_debug|sleep") && us < 30_000 {
				t.Errorf("INFO latencystats has %s:%s", name, value)
			}
			last = us
		}
	}
}

// TestLatencyHistogram: a map of cumulative counts, the last of which is the number of calls.
func TestLatencyHistogram(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	for range 100 {
		c.mustDo(t, "PING", simple("PONG"))
	}
	c.mustDo(t, "CLIENT ID", c.mustReply(t, "CLIENT", "ID").raw)
	c.mustReply(t, "HELLO", "3")
	r := c.mustReply(t, words("LATENCY HISTOGRAM ping nosuch client")...)
	if r.kind != '%' || len(r.items) != 4 || r.items[2].text != "client|id" {
		t.Fatalf("LATENCY HISTOGRAM ping nosuch client replied %q", r.raw)
	}
	ping := r.field(t, "ping")
	calls, histogram := ping.field(t, "calls"), ping.field(t, "histogram_usec")
	if ping.kind != '%' || calls.kind != ':' || calls.text != "100" || histogram.kind != '%' || len(histogram.items) == 0 {
		t.Fatalf("LATENCY HISTOGRAM ping replied %q", r.raw)
	}
	bound, sum := 0, 0
	for i := 0; i < len(histogram.items); i += 2 {
		nextBound, nextSum := atoi(t, histogram.items[i].text), atoi(t, histogram.items[i+1].text)
		if nextBound <= bound || nextSum <= sum || nextBound&(nextBound-1) != 0 {
			t.Errorf("the histogram is not cumulative over powers of two: %q", r.raw)
		}
		bound, sum = nextBound, nextSum
	}
	if sum != 100 {
		t.Errorf("the histogram ends at %d of 100 calls", sum)
	}
	c.mustReply(t, "HELLO", "2")
	if r := c.mustReply(t, words("LATENCY HISTOGRAM nosuch")...); r.raw != array() {
		t.Errorf("LATENCY HISTOGRAM nosuch replied %q", r.raw)
	}
}

// TestLatencyHistogramOfManyNames: a name said often costs no more than said once. A command of a megabyte
// must not take gigabytes.
func TestLatencyHistogramOfManyNames(t *testing.T) {
	t.Parallel()
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PING", simple("PONG"))
	before := infoField(t, c, "used_memory")
	names := slices.Repeat([]string{"ping"}, 10_000)
	c.mustReply(t, append([]string{"LATENCY", "HISTOGRAM"}, names...)...)
	if grown := infoField(t, c, "used_memory") - before; grown > 50<<20 {
		t.Errorf("LATENCY HISTOGRAM with 10,000 names has taken %s", mib(grown))
	}
}

// TestResetStat begins anew with all that counts, and with that alone.
func TestResetStat(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.ADD v: 1", integer(1))
	for range 20 {
		c.send("PING")
	}
	c.send("NOSUCH")
	c.send("CONFIG", "RESETSTAT") // in one batch with what it is to forget
	for range 22 {
		if _, err := c.receive(); err != nil {
			t.Fatal(err)
		}
	}
	if n := infoField(t, c, "total_commands_processed"); n != 1 {
		t.Errorf("after CONFIG RESETSTAT, %d commands have been processed, want that one", n)
	}
	if n := infoField(t, c, "total_error_replies"); n != 0 {
		t.Errorf("after CONFIG RESETSTAT, there have been %d error replies", n)
	}
	mustTally(t, c, map[string]tally{})
	if stats := infoLines(t, c, "errorstats"); len(stats) != 0 {
		t.Errorf("INFO errorstats has %v", stats)
	}
	c.mustDo(t, "PT.COUNT v:", integer(1))
}
