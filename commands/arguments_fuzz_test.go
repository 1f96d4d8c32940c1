package commands

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// FuzzArguments compares the readers of numbers with big.Int.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"0", "49", "000000000049", "-1", "+1", "281474976710655", "281474976710656", "9223372036854775807",
		"9223372036854775808", "18446744073709551615", "18446744073709551616", strings.Repeat("0", mostDigits-1) + "7", strings.Repeat("0", mostDigits) + "7", "1e3", " 1", "000\xda", "", "-", "--1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(checkNumber)
}

func checkNumber(t *testing.T, text []byte) {
	digits := len(text) > 0 && strings.Trim(string(text), "0123456789") == ""
	want, _ := new(big.Int).SetString("0"+string(text), 10)
	digits = digits && len(text) <= mostDigits
	inRange := func(limit uint64) bool { return digits && want.Cmp(new(big.Int).SetUint64(limit)) <= 0 }
	for _, limit := range []uint64{0, 9, tracker.MaxID, tracker.Limit, math.MaxInt64, math.MaxUint64} {
		n, ok := parseUint(text, limit)
		if ok != inRange(limit) || ok && n != want.Uint64() {
			t.Fatalf("parseUint(%q, %d) = %d, %t", text, limit, n, ok)
		}
	}
	if id, err := parseID(text); (err == nil) != inRange(tracker.MaxID) || err == nil && id != want.Uint64() {
		t.Fatalf("parseID(%q) = %d, %v", text, id, err)
	}
	n, err := parseInt(text)
	m, wrong := strconv.ParseInt(string(text), 10, 64)
	if canonical := wrong == nil && strconv.FormatInt(m, 10) == string(text); canonical != (err == nil) || canonical && n != m {
		t.Fatalf("parseInt(%q) = %d, %v", text, n, err)
	}
	cursor, err := parseForeignCursor(text)
	unsigned, sign := bytes.CutPrefix(text, []byte("-"))
	if !sign {
		unsigned, _ = bytes.CutPrefix(text, []byte("+"))
	}
	u, wrong := strconv.ParseUint(string(unsigned), 10, 64)
	if sign {
		u = -u
	}
	if ok := wrong == nil && len(unsigned) <= mostDigits || len(text) == 0; ok != (err == nil) || ok && cursor != u {
		t.Fatalf("parseForeignCursor(%q) = %d, %v", text, cursor, err)
	}
}
