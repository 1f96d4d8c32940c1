package cli

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// hostileName is what somebody may have put into a file.
const hostileName = "\x1b[2J\u202ename\r\n\U000e0001"

// seen is what was seen of an operation that a stranger has named, and whose errors he has written.
func seen() load.Stats {
	f := load.NewFigures()
	for i := range 1000 {
		_ = f.Latency.RecordValue(int64(i) * 1000)
	}
	f.Outcomes[load.Hit], f.Outcomes[load.Miss], f.Outcomes[load.Failed] = 900, 99, 1
	f.Faults[hostileName] = &load.Fault{Count: 1, First: "GET " + hostileName + ": " + hostileName}
	return load.Stats{Kinds: []load.Figures{f}, Backlog: 7, Behind: time.Second}
}

// Nothing that others have named or said does anything to a terminal, and all that is known stands there.
func TestRunView(t *testing.T) {
	phase := &workload.Phase{Name: hostileName, Ops: []workload.Op{{Name: hostileName}}}
	p := &driver.Progress{Phase: phase, Index: 1, Phases: 3, State: "running " + hostileName, Elapsed: 5 * time.Second, Part: 0.5, Left: 5 * time.Second,
		Last: seen(), LastTook: time.Second, Total: seen(), Took: 4 * time.Second}
	var table bytes.Buffer
	tellRun(&table, []driver.Result{{Phase: hostileName, Ops: []string{hostileName}, Took: 2 * time.Second, CPU: time.Second, Stats: seen(),
		Warnings: []string{hostileName}, Expect: []driver.Verdict{{Expectation: hostileName, Figure: 0.5, Met: true}, {Expectation: "hit=1", Figure: math.NaN()}}}})
	for what, text := range map[string]string{
		"line": runLine(p), "block": strings.Join(runBlock(p), "\n"), "table": table.String(),
	} {
		for line := range strings.Lines(text) {
			for _, r := range strings.TrimSuffix(line, "\n") {
				if !strconv.IsPrint(r) {
					t.Errorf("%s has %U: %q", what, r, line)
				}
			}
		}
		for _, word := range []string{"name", "0.900901", "499µs", "989µs", "998µs"} {
			if !strings.Contains(text, word) {
				t.Errorf("%s does not say %s:\n%s", what, word, text)
			}
		}
	}
	for _, word := range []string{"(2 of 3)", "50 %", "5s left", "the store is behind: 7 operations, 1s", "1000/s", "1 errors"} {
		if line := runLine(p); !strings.Contains(line, word) {
			t.Errorf("the line does not say %q: %s", word, line)
		}
	}
	for _, word := range []string{"500/s", "1,000 operations in 2s", "0.50 processors", "1 times", "0.5, as expected", "not known, NOT as expected"} {
		if !strings.Contains(table.String(), word) {
			t.Errorf("the table does not say %q:\n%s", word, table.String())
		}
	}
}

// In a narrow terminal, too, no line of the block is longer than its width.
func TestRunView_Fits(t *testing.T) {
	for _, line := range fitted(strings.Split(strings.Repeat(strings.Repeat("漢", 200)+"\n", 100), "\n")) {
		if n := len([]rune(line)); n > 40 {
			t.Errorf("%d signs of two columns each", n)
		}
	}
}
