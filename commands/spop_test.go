package commands

import (
	"strings"
	"testing"
)

func TestSpop_OutOfMemoryAndCaps(t *testing.T) {
	x := newServer(t, 100<<10)
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
	x = newServerWith(t, 0, Options{MaxCount: 3})
	do(x, "PT.ADDRANGE v: 0 10")
	for line, want := range map[string]string{"SPOP v: 9": "*3\r\n", "SRANDMEMBER v: 9": "*3\r\n", "SRANDMEMBER v: -9": "*3\r\n"} {
		if got := do(x, line); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", line, got)
		}
	}
}
