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
var notCompared = []string{"CLIENT KILL MAXAGE", "CLIENT KILL ID", "CLIENT LIST ID"}

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
	var try func(name string, doc reply)
	try = func(name string, doc reply) {
		group := text(doc, "group")
		for i := 0; i+1 < len(doc.items); i += 2 {
			switch value := doc.items[i+1]; doc.items[i].text {
			case "subcommands":
				for j := 0; j+1 < len(value.items); j += 2 {
					try(value.items[j].text, value.items[j+1])
				}
			case "arguments":
				for _, key := range []string{"there:" + group, "none"} {
					_, lines := withHole(t, value.items, key)
					for _, line := range lines {
						line = slices.Concat(strings.Split(strings.ToUpper(name), "|"), line)
						if slices.ContainsFunc(notCompared, func(args string) bool { return strings.HasPrefix(strings.Join(line, " "), args+" ") }) {
							continue
						}
						compared[name] = true
						for _, odd := range oddIntegers {
							args := slices.Clone(line)
							at := slices.Index(args, hole)
							args[at] = odd
							if strings.HasSuffix(name, "etbit") && at == 2 && strings.Trim(odd, "0123456789") == "" && strings.HasPrefix(odd, "0") {
								continue // an ID, which may have zeros in front
							}
							if strings.HasSuffix(name, "scan") && strings.ContainsRune(odd, 0) {
								continue // a cursor of Redis ends there
							}
							got, want := tracker.mustReply(t, args...).raw, redis.mustReply(t, args...).raw
							if strings.HasSuffix(name, "scan") && got[0] == '*' && want[0] == '*' {
								continue // what is behind a cursor is each server's own
							}
							if got != want {
								t.Errorf("%q\n replied       %q\n redis replies %q", args, got, want)
							}
						}
					}
				}
			}
		}
	}
	docs := tracker.mustReply(t, "COMMAND", "DOCS")
	for i := 0; i+1 < len(docs.items); i += 2 {
		if name := docs.items[i].text; !strings.HasPrefix(name, "pt.") {
			try(name, docs.items[i+1])
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

// hole stands for an integer.
const hole = "(hole)"

// withHole returns the words of args without what is optional, and for each integer among args the
// words with a hole in its place, and as few others as may be there then.
func withHole(t *testing.T, args []reply, key string) (plain []string, holes [][]string) {
	t.Helper()
	var before []string // with the optional ones that have a place
	for i, a := range args {
		words, inner := wordsOf(t, a, key)
		after, _ := withHole(t, args[i+1:], key)
		for _, h := range inner {
			holes = append(holes, slices.Concat(before, h, after))
		}
		if !optional(a) {
			plain = append(plain, words...)
		}
		if !optional(a) || text(a, "token") == "" && text(a, "type") != "oneof" {
			before = append(before, words...)
		}
	}
	return plain, holes
}

func wordsOf(t *testing.T, a reply, key string) (plain []string, holes [][]string) {
	t.Helper()
	switch text(a, "type") {
	case "pure-token":
		return []string{text(a, "token")}, nil
	case "block":
		plain, holes = withHole(t, a.field(t, "arguments").items, key)
	case "oneof":
		for i, choice := range a.field(t, "arguments").items {
			words, inner := wordsOf(t, choice, key)
			if i == 0 {
				plain = words
			}
			holes = append(holes, inner...)
		}
	case "key":
		plain = []string{key}
	case "integer":
		plain, holes = []string{"1"}, [][]string{{hole}}
	default:
		plain = []string{"1"}
	}
	if token := text(a, "token"); token != "" {
		plain = slices.Concat([]string{token}, plain)
		for i := range holes {
			holes[i] = slices.Concat([]string{token}, holes[i])
		}
	}
	return plain, holes
}
