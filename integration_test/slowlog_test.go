package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The threshold is 0 in most of these tests, so that every command which is timed by itself is "slow":
// what is looked at is the log, never the clock. PT.SCAN is such a command in all its forms.

// slowEntry is one entry of SLOWLOG GET, its shape checked.
type slowEntry struct {
	id, took   int
	at         time.Time
	words      []string
	addr, name string
}

func slowEntries(t *testing.T, c *client, args ...string) (entries []slowEntry) {
	t.Helper()
	r := c.mustReply(t, append([]string{"SLOWLOG", "GET"}, args...)...)
	if r.kind != '*' {
		t.Fatalf("SLOWLOG GET replied %q", r.raw)
	}
	for _, item := range r.items {
		var kinds []byte
		for _, field := range item.items {
			kinds = append(kinds, field.kind)
		}
		if string(kinds) != ":::*$$" {
			t.Fatalf("an entry of SLOWLOG GET has the types %q, want three integers, an array and two strings", kinds)
		}
		for _, word := range item.items[3].items {
			if word.kind != '$' {
				t.Fatalf("an argument in SLOWLOG GET is %q", word.kind)
			}
		}
		entries = append(entries, slowEntry{
			id: atoi(t, item.items[0].text), at: time.Unix(int64(atoi(t, item.items[1].text)), 0), took: atoi(t, item.items[2].text),
			words: item.items[3].texts(), addr: item.items[4].text, name: item.items[5].text,
		})
	}
	return entries
}

func TestSlowLogTellsWhatWhenAndWho(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	began := time.Now().Truncate(time.Second)
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 0", simple("OK"))
	c.mustDo(t, "SLOWLOG RESET", simple("OK"))

	worker := connect(t, s.addr)
	worker.mustDo(t, "CLIENT SETNAME worker-7", simple("OK"))
	worker.mustDo(t, "pt.scan v: 0 COUNT 10", array(bulk("0"), array()))
	long := strings.Repeat("x", 200)
	worker.mustReply(t, append([]string{"EXISTS", long}, numbers(0, 40)...)...)

	entries := slowEntries(t, c)
	// The latest first: EXISTS, PT.SCAN, CLIENT SETNAME, and SLOWLOG RESET, which is timed like any other.
	var names []string
	for i, e := range entries {
		names = append(names, strings.ToUpper(e.words[0]))
		if i > 0 && e.id != entries[i-1].id-1 {
			t.Errorf("entry %d has the ID %d behind %d", i, e.id, entries[i-1].id)
		}
		if e.took < 0 || e.at.Before(began) || e.at.After(time.Now()) {
			t.Errorf("%q took %d us at %v", e.words, e.took, e.at)
		}
	}
	if !slices.Equal(names, []string{"EXISTS", "PT.SCAN", "CLIENT", "SLOWLOG"}) {
		t.Fatalf("SLOWLOG GET has %q", names)
	}
	if e := entries[1]; !slices.Equal(e.words, words("pt.scan v: 0 COUNT 10")) || e.addr != worker.conn.LocalAddr().String() || e.name != "worker-7" {
		t.Errorf("PT.SCAN's entry is %+v", e)
	}
	// 32 words are kept, the last of them a note of how many more there were, and 128 bytes of each.
	want := append([]string{"EXISTS", long[:128] + "... (72 more bytes)"}, numbers(0, 29)...)
	if want = append(want, "... (11 more arguments)"); !slices.Equal(entries[0].words, want) {
		t.Errorf("EXISTS' entry is %q\nwant %q", entries[0].words, want)
	}
}

// TestSlowLogOfAllCommands: with 0 the log has every command, as in Redis, the short ones of a pipeline
// included, each once and in its order.
func TestSlowLogOfAllCommands(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 1000", simple("OK"))
	for _, how := range []string{"alone", "in a pipeline", "in a transaction"} {
		c.mustDo(t, "SLOWLOG RESET", simple("OK"))
		var want []string
		sent := 0
		send := func(args ...string) {
			if c.send(args...); how == "in a pipeline" {
				sent++
			} else if r, err := c.receive(); err != nil || r.kind == '-' {
				t.Fatal(r.raw, err)
			}
		}
		if how == "in a transaction" {
			send("MULTI")
		}
		for i := range 40 {
			send("PT.EXISTS", "v:", fmt.Sprint(i))
			want = append(want, fmt.Sprint(i))
		}
		if how == "in a transaction" {
			send("EXEC")
		}
		for range sent {
			if r, err := c.receive(); err != nil || r.kind != ':' {
				t.Fatal(r.raw, err)
			}
		}
		var got []string
		for _, e := range slowEntries(t, c, "-1") {
			if e.words[0] == "PT.EXISTS" {
				got = append(got, e.words[2])
			}
		}
		if slices.Reverse(got); !slices.Equal(got, want) {
			t.Fatalf("%s: the log has %q", how, got)
		}
	}
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 1000000", simple("OK"))
	c.mustDo(t, "SLOWLOG RESET", simple("OK"))
	c.mustReply(t, "PT.EXISTS", "v:", "1")
	c.mustDo(t, "SLOWLOG LEN", integer(0))
}

func TestSlowLogKeepsNoPassword(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 0", simple("OK"))
	for _, line := range []string{"HELLO 3 AUTH default hunter2", "HELLO 2 SETNAME AUTH AUTH default hunter2", "AUTH default hunter2", "AUTH hunter2", "hello 3 auth nobody hunter2"} {
		c.mustReply(t, words(line)...)
	}
	if r := c.mustReply(t, "SLOWLOG", "GET", "-1"); !strings.Contains(r.raw, "(redacted)") || strings.Contains(r.raw, "hunter2") {
		t.Errorf("SLOWLOG GET replied %q", r.raw)
	}
}

func TestSlowLogIsBounded(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 5", simple("OK"))
	for i := range 20 {
		c.mustReply(t, "PT.SCAN", fmt.Sprintf("p%d:", i), "0")
	}
	entries := slowEntries(t, c, "-1")
	if len(entries) != 5 || entries[0].words[1] != "p19:" || entries[4].words[1] != "p15:" {
		t.Fatalf("of 20 commands the log keeps %+v", entries)
	}
	c.mustDo(t, "SLOWLOG LEN", integer(5))
	last := slowEntries(t, c, "-1")[0].id
	for _, test := range []struct {
		count string
		want  int
	}{{"0", 0}, {"2", 2}, {"100", 5}, {"-1", 5}} {
		if n := len(slowEntries(t, c, test.count)); n != test.want {
			t.Errorf("SLOWLOG GET %s has %d entries, want %d", test.count, n, test.want)
		}
	}
	c.mustDo(t, "CONFIG SET slowlog-max-len 2", simple("OK"))
	c.mustDo(t, "SLOWLOG LEN", integer(2))
	c.mustDo(t, "CONFIG SET slowlog-max-len 0", simple("OK"))
	c.mustDo(t, "SLOWLOG LEN", integer(0))
	c.mustDo(t, "CONFIG SET slowlog-max-len 128", simple("OK"))
	if e := slowEntries(t, c); len(e) == 0 || e[0].id <= last {
		t.Errorf("IDs begin anew: %+v after %d", e, last)
	}
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than -1", simple("OK"))
	c.mustDo(t, "SLOWLOG RESET", simple("OK"))
	c.mustReply(t, "PT.SCAN", "p:", "0")
	c.mustDo(t, "SLOWLOG LEN", integer(0))
}

// TestSlowLogWithLittleMemory: it takes an eighth of what is for queries, at most.
func TestSlowLogWithLittleMemory(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t, "--max-query-memory", "8mb").addr)
	c.mustDo(t, "CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 100000", simple("OK"))
	const word, words = 120, 30
	line := append([]string{"EXISTS"}, slices.Repeat([]string{strings.Repeat("x", word)}, words)...)
	pipelined(t, c, 2000, func(int) []string { return line })
	if n := atoi(t, c.mustReply(t, "SLOWLOG", "LEN").text); n < 100 || n > (1<<20)/(words*word) {
		t.Errorf("there are %d entries of %d bytes and more", n, words*word)
	}
}

// TestLongSlowLogCostsNoMore: the longest log that can be configured must not make each entry cost
// what all of them do. Compared are the longest of many rounds with room in the log and the shortest of some
// without: a busy machine makes the first longer, and nothing makes the second 50 times so but work.
func TestLongSlowLogCostsNoMore(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	const length, batch = 100_000, 500
	c.mustDo(t, fmt.Sprintf("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len %d", length), simple("OK"))
	round := func() time.Duration {
		began := time.Now()
		for range batch {
			c.send("EXISTS", "a", "b")
		}
		for range batch {
			if _, err := c.receive(); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(began)
	}
	room := round()
	for range length/batch - 1 {
		room = max(room, round())
	}
	full := min(round(), round(), round())
	if n := atoi(t, c.mustReply(t, "SLOWLOG", "LEN").text); n > length || n < length/10 { // it has a number of bytes, too
		t.Errorf("a log of %d has %d entries", length, n)
	}
	if full > 50*room {
		t.Errorf("%d entries take %v in a full log, %v at most in one with room", batch, full, room)
	}
}

func TestSlowAndLatencySeeASleep(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t, "--enable-debug-command", "yes").addr)
	c.mustDo(t, "LATENCY LATEST", array())
	c.mustDo(t, "LATENCY RESET", integer(0))
	c.mustDo(t, "DEBUG SLEEP 0.01", simple("OK"))
	c.mustDo(t, "LATENCY LATEST", array()) // off by default
	c.mustDo(t, "CONFIG SET latency-monitor-threshold 20 slowlog-log-slower-than 20000", simple("OK"))
	c.mustDo(t, "SLOWLOG RESET", simple("OK"))
	c.mustDo(t, "DEBUG SLEEP 0.04", simple("OK"))
	c.mustDo(t, "DEBUG SLEEP 0.02", simple("OK"))

	// A busy machine may make something else slow, but not these two faster.
	slow := slices.DeleteFunc(slowEntries(t, c), func(e slowEntry) bool { return e.words[0] != "DEBUG" })
	if len(slow) != 2 || slow[0].took < 20_000 || slow[1].took < 40_000 || slow[1].words[2] != "0.04" {
		t.Errorf("SLOWLOG GET has %+v", slow)
	}
	r := c.mustReply(t, "LATENCY", "LATEST")
	if r.kind != '*' || len(r.items) < 1 {
		t.Fatalf("LATENCY LATEST replied %q", r.raw)
	}
	event := r.items[0]
	if len(event.items) != 4 || event.items[0].raw+event.items[0].text != "command" || event.items[1].kind != ':' {
		t.Fatalf("LATENCY LATEST replied %q", r.raw)
	}
	if latest, longest := atoi(t, event.items[2].text), atoi(t, event.items[3].text); latest < 20 || longest < 40 || longest < latest {
		t.Errorf("after sleeps of 40 and 20 ms, LATENCY LATEST says %d and %d at most", latest, longest)
	}
	c.mustDo(t, "LATENCY RESET nosuch", integer(0))
	c.mustDo(t, "LATENCY RESET command nosuch", integer(1))
	c.mustDo(t, "CONFIG SET latency-monitor-threshold 0", simple("OK"))
	c.mustReply(t, "LATENCY", "RESET")
	c.mustDo(t, "LATENCY LATEST", array())
}
