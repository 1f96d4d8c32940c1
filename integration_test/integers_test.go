package integration_test

import (
	"slices"
	"strings"
	"testing"
)

// oddIntegers are no integers for Redis, which knows one way to write each, but for the cursors of
// scans; other programs take some of them for one. Offsets of bits are IDs here, and may have zeros in
// front.
var oddIntegers = []string{
	"01", "00", "-0", "+1", "-01", "--1", " 1", "1 ", "1\n", "1\x00", "\t1", "1.0", "1e0", "0x1", "0b1", "1_000", "1,000", "", "-", "x",
	"9223372036854775808", "-9223372036854775809", "99999999999999999999", "00000000000000000001", "\u0661",
}

// notCompared are arguments of which this redis-server knows nothing, or has another text for what is
// out of range than other versions.
var notCompared = []string{"WAITAOF", "CLIENT KILL MAXAGE", "CLIENT KILL ID", "CLIENT LIST ID"}

// TestIntegersAsRedis writes every integer argument that a standard command says it has in all these
// ways, and compares the replies with those of a real redis-server byte for byte: with a key that is
// there, and without.
func TestIntegersAsRedis(t *testing.T) {
	t.Parallel()
	server, store := startServer(t), startRedis(t)
	tracker, redis := connect(t, server.addr), connect(t, store.addr)
	for _, c := range []*client{tracker, redis} {
		c.mustReply(t, words("SADD there:set 1 2 3")...)
		c.mustReply(t, words("SETBIT there:bitmap 9 1")...)
	}
	compared := map[string]bool{}
	for _, d := range documentedCommands(t, tracker) {
		if strings.HasPrefix(d.name, "pt.") {
			continue
		}
		for _, a := range integersOf(d.args) {
			for _, key := range []string{"there:" + d.group, "none"} {
				for _, odd := range oddIntegers {
					form := &oneInteger{of: a, text: odd, key: key}
					args := d.write(form)
					if !form.written {
						t.Fatalf("%q is without %s", args, a.name)
					}
					if slices.ContainsFunc(notCompared, func(first string) bool { return strings.HasPrefix(strings.Join(args, " ")+" ", first+" ") }) {
						continue
					}
					compared[d.name] = true
					if a.name == "offset" && strings.Trim(odd, "0123456789") == "" && strings.HasPrefix(odd, "0") {
						continue // an ID, which may have zeros in front
					}
					if strings.HasSuffix(d.name, "scan") && strings.ContainsRune(odd, 0) {
						continue // a cursor of Redis ends there
					}
					got, want := tracker.mustReply(t, args...).raw, redis.mustReply(t, args...).raw
					if strings.HasSuffix(d.name, "scan") && got[0] == '*' && want[0] == '*' {
						continue // what is behind a cursor is each server's own
					}
					if got != want {
						t.Errorf("%q\n replied       %q\n redis replies %q", args, got, want)
					}
				}
			}
		}
	}
	for _, name := range words("bitcount bitpos getbit hello memory|usage scan select setbit slowlog|get spop srandmember sscan wait") {
		if !compared[name] {
			t.Errorf("%s has no integer argument", name)
		}
	}
	t.Logf("integers of %d commands", len(compared))

	for _, name := range words("slowlog-max-len slowlog-log-slower-than latency-monitor-threshold") {
		for _, odd := range oddIntegers {
			if got, want := tracker.mustReply(t, "CONFIG", "SET", name, odd).raw, redis.mustReply(t, "CONFIG", "SET", name, odd).raw; got != want {
				t.Errorf("CONFIG SET %s %q\n replied       %q\n redis replies %q", name, odd, got, want)
			}
		}
	}
}

// integersOf are those among args, and within them.
func integersOf(args []*argument) (all []*argument) {
	for _, a := range args {
		if a.kind == "integer" {
			all = append(all, a)
		}
		all = append(all, integersOf(a.args)...)
	}
	return all
}

// oneInteger is a form with a text of its own for one integer, and as few other words as may be there then.
type oneInteger struct {
	of        *argument
	text, key string
	written   bool
}

func (o *oneInteger) wants(a *argument, _ int) bool {
	hasPlace := a.token == "" && a.kind != "oneof"
	return o.within(a) || hasPlace && !o.written
}

func (o *oneInteger) choose(among []*argument) int { return max(0, slices.IndexFunc(among, o.within)) }

func (o *oneInteger) within(a *argument) bool {
	return a == o.of || slices.ContainsFunc(a.args, o.within)
}

func (o *oneInteger) times(*argument) int { return 1 }

func (o *oneInteger) word(a *argument, _ int) string {
	switch {
	case a == o.of:
		o.written = true
		return o.text
	case a.kind == "key":
		return o.key
	}
	return "1"
}
