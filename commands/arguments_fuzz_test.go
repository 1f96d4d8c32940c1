package commands

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// FuzzArguments compares the readers of numbers with big.Int, and lets the
// option parser take any words: it must accept an option once at most, refuse
// what is not allowed, and keep every value within its range.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"0", "49", "000000000049", "-1", "+1", "281474976710655", "281474976710656", "9223372036854775807",
		"9223372036854775808", "18446744073709551616", "1e3", " 1", "000\xda", "", "COUNT 5 RANGE 0 9 KEYS", "range 1 2 runs count 0",
		"COUNT", "COUNT -1", "KEYS RUNS", "SET UNSET", "PARTITION 3 4", "PARTITION 4 4", "INDEX 7", "RANDOM 9 COUNT 1", "TTL 5 ONCLOSE", "ALL ALL"} {
		f.Add([]byte(seed), uint16(0xffff))
	}
	f.Fuzz(func(t *testing.T, text []byte, allowed uint16) {
		checkNumber(t, text)
		checkOptions(t, bytes.Fields(text), option(allowed))
	})
}

func checkNumber(t *testing.T, text []byte) {
	digits := len(text) > 0 && strings.Trim(string(text), "0123456789") == ""
	want, _ := new(big.Int).SetString("0"+string(text), 10)
	inRange := func(limit uint64) bool { return digits && want.Cmp(new(big.Int).SetUint64(limit)) <= 0 }
	for _, limit := range []uint64{0, 9, tracker.MaxID, tracker.Limit, maxInt64} {
		n, ok := parseUint(text, limit)
		if ok != inRange(limit) || ok && n != want.Uint64() {
			t.Fatalf("parseUint(%q, %d) = %d, %t", text, limit, n, ok)
		}
	}
	if id, err := parseID(text); (err == nil) != inRange(tracker.MaxID) || err == nil && id != want.Uint64() {
		t.Fatalf("parseID(%q) = %d, %v", text, id, err)
	}
	signed, negative := bytes.CutPrefix(text, []byte("-"))
	n, err := parseInt(text)
	if m, ok := parseUint(signed, maxInt64); ok != (err == nil) || ok && (n != int64(m) && !negative || negative && n != -int64(m)) {
		t.Fatalf("parseInt(%q) = %d, %v", text, n, err)
	}
}

func checkOptions(t *testing.T, words [][]byte, allowed option) {
	const limit = 1000
	o, err := parsedOptions(words, allowed, limit)
	if err != nil {
		if text := wireText(err); strings.ContainsAny(text, "\r\n") || !strings.HasPrefix(text, "ERR ") {
			t.Fatalf("%q: %q", words, text)
		}
		return
	}
	if o.given&^allowed != 0 {
		t.Fatalf("%q gives %b, allowed is %b", words, o.given, allowed)
	}
	if o.count < 0 || o.count > limit || o.rng.Min > tracker.Limit || o.rng.Max > tracker.Limit ||
		o.has(optPartition) && (o.total == 0 || o.total > tracker.MaxPartitions || o.index >= o.total) || o.ttl < 0 {
		t.Fatalf("%q gives %+v", words, o)
	}
	// The same options in another order mean the same.
	values := map[string]int{"COUNT": 1, "RANGE": 2, "PARTITION": 2, "INDEX": 1, "RANDOM": 1, "TTL": 1}
	var turned [][]byte
	for rest := words; len(rest) > 0; {
		n := 1 + values[strings.ToUpper(string(rest[0]))]
		turned = append(append([][]byte{}, rest[:n]...), turned...)
		rest = rest[n:]
	}
	if again, err := parsedOptions(turned, allowed, limit); err != nil || again != o {
		t.Fatalf("%q gives %+v, turned round %+v, %v", words, o, again, err)
	}
}
