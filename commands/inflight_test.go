package commands

import (
	"slices"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/engine"
)

// readForms are the commands that read IDs, in forms whose replies have all that they tell
// of them. IDs 10 to 19 (claimed) and 40 to 49 (taken) are in flight under vec:, where 0 to 9
// and 30 to 39 exist, of 0 to 63; nothing is in flight under b:, which has 5 to 44.
var readForms = map[string][]string{
	"PT.EXISTS":  {"PT.EXISTS vec: 9", "PT.EXISTS vec: 10", "PT.EXISTS vec: 40"},
	"PT.MEXISTS": {"PT.MEXISTS vec: 9 10 19 20 30 39 40 49 50"},
	"PT.COUNT":   {"PT.COUNT vec:", "PT.COUNT vec: RANGE 5 45", "PT.COUNT b: EXCEPT vec:", "PT.COUNT b: ONLY vec:", "PT.COUNT vec: ONLY b:", "PT.COUNT vec: EXCEPT b:"},
	"PT.MAP":     {"PT.MAP vec:", "PT.MAP vec: CELLS 5 RANGE 3 48", "PT.MAP vec: GRAPH"},
	"PT.SCAN": {"PT.SCAN vec: 0", "PT.SCAN vec: 0 RANDOM 3", "PT.SCAN vec: 0 PARTITION 1 3", "PT.SCAN b: 0 EXCEPT vec:", "PT.SCAN b: 0 RANDOM 5 RANGE 0 64 ONLY vec:",
		"PT.SCAN vec: 0 EXCEPT b:", "PT.SCAN vec: 0 ONLY b: RUNS"},
	"PT.TOTAL":    {"PT.TOTAL"},
	"SCARD":       {"SCARD vec:"},
	"SISMEMBER":   {"SISMEMBER vec: 12", "SISMEMBER vec: 47", "SISMEMBER vec: 3"},
	"SMISMEMBER":  {"SMISMEMBER vec: 9 10 19 20 30 39 40 49 50"},
	"SMEMBERS":    {"SMEMBERS vec:"},
	"SSCAN":       {"SSCAN vec: 0 COUNT 100"},
	"GETBIT":      {"GETBIT vec: 10", "GETBIT vec: 44", "GETBIT vec: 31"},
	"BITCOUNT":    {"BITCOUNT vec:", "BITCOUNT vec: 1 5", "BITCOUNT vec: 11 45 BIT"},
	"BITPOS":      {"BITPOS vec: 1 1", "BITPOS vec: 1 11 60 BIT"},
	"SRANDMEMBER": {"SRANDMEMBER vec: 100"},
	"PT.SAMPLE":   {"PT.SAMPLE vec: COUNT 100 DISTINCT"},
	"SINTERCARD":  {"SINTERCARD 2 vec: b:"},
	"SINTER":      {"SINTER vec: b:"},
	"SUNION":      {"SUNION vec: b:"},
	"SDIFF":       {"SDIFF b: vec:", "SDIFF vec: b:"},
}

// They have keys and say nothing of what exists.
var readNoIDs = strings.Fields(`PT.FORMAT PT.PARSE PT.PARTITION PT.INFO PT.LEASES PT.LIST TYPE EXISTS TTL PTTL MEMORY|USAGE`)

// To whoever reads, what is in flight is nowhere: each reply is that of a server that has not
// got it.
func TestReads_KnowNothingOfWhatIsInFlight(t *testing.T) {
	with, without := newServer(t, 0), newServer(t, 0)
	for _, line := range []string{"PT.CREATE vec: MAXID 64", "PT.ADDRANGE b: 5 45", "PT.ADDRANGE vec: 0 10", "PT.ADDRANGE vec: 30 40"} {
		do(with, line)
		do(without, line)
	}
	do(with, "PT.ADDRANGE vec: 40 50")
	for _, line := range []string{"PT.CLAIMNEXT vec: RANGE 10 20 COUNT 10 LEASE 600000", "PT.TAKENEXT vec: RANGE 40 50 COUNT 10 LEASE 600000"} {
		if got := do(with, line); !strings.HasPrefix(got, "*2\r\n$") {
			t.Fatal(line, got)
		}
	}
	var check func(s *engine.Spec)
	check = func(s *engine.Spec) {
		for _, sub := range s.Subs {
			check(sub)
		}
		forms, reads := readForms[s.Name], slices.Contains(s.Flags, "readonly")
		if forms == nil && reads && s.FirstKey != 0 && !slices.Contains(readNoIDs, s.Name) {
			t.Errorf("nobody has said what %s says of IDs in flight", s.Name)
		}
		for _, form := range forms {
			got, want := do(with, form), do(without, form)
			if s.Name == "SRANDMEMBER" || s.Name == "PT.SAMPLE" {
				got, want = sorted(got), sorted(want)
			}
			if got != want || got[0] == '-' {
				t.Errorf("%s: %q, without what is in flight %q", form, got, want)
			}
		}
	}
	for _, s := range table {
		check(s)
	}
}

func sorted(reply string) string {
	lines := strings.Split(reply, "\r\n")
	slices.Sort(lines)
	return strings.Join(lines, "\r\n")
}
