package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// latencyTable is what a neighbour has noticed of each command.
type latencyTable struct {
	rows  []*latencyRow
	spoke time.Time // when progress was told
}

type latencyRow struct {
	command string
	took    []time.Duration // the neighbour's answers
	worst   time.Duration   // the longest of them
	form    string          // what it came beside
	longest time.Duration   // until a reply to the command itself
	turn    time.Duration   // of the processor's time, that a loop has spent at one thing
	by      string          // what that was
}

func (l *latencyTable) row(command string) *latencyRow {
	for _, r := range l.rows {
		if r.command == command {
			return r
		}
	}
	r := &latencyRow{command: command}
	l.rows = append(l.rows, r)
	return r
}

// beside notes the answers that came while a form of the command was executed.
func (r *latencyRow) beside(form string, took []time.Duration) {
	r.took = append(r.took, took...)
	if len(took) > 0 {
		if worst := slices.Max(took); worst > r.worst {
			r.worst, r.form = worst, form
		}
	}
}

// replied notes how long a form of the command took until its reply.
func (r *latencyRow) replied(after time.Duration) { r.longest = max(r.longest, after) }

// loop notes what the server says of its loops since the last time, and returns what has held one up.
func (r *latencyRow) loop(t *testing.T, operator *client) (held string) {
	t.Helper()
	var all []string
	stats := infoLines(t, operator, "stats")
	for name, n := range stats {
		if what, ok := strings.CutPrefix(name, "loop_stalls_"); ok {
			all = append(all, what+" "+n)
		}
	}
	if turn := time.Duration(atoi(t, stats["loop_longest_usec"])) * time.Microsecond; turn > r.turn {
		r.turn, r.by = turn, stats["loop_longest_by"]
	}
	operator.mustReply(t, "CONFIG", "RESETSTAT")
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (r *latencyRow) percentile(share float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	slices.Sort(r.took)
	return r.took[int(share*float64(len(r.took)-1))]
}

// What a neighbour may notice on a quiet machine.
const (
	mostP99 = 5 * time.Millisecond
	mostMax = 50 * time.Millisecond
)

// progress tells how far it is, every ten seconds.
func (l *latencyTable) progress(t *testing.T, format string, args ...any) {
	t.Helper()
	if time.Since(l.spoke) > 10*time.Second {
		l.spoke = time.Now()
		t.Logf(format, args...)
	}
}

// judge fails for what the neighbour has noticed.
func (l *latencyTable) judge(t *testing.T) {
	t.Helper()
	for _, r := range l.rows {
		if p99 := r.percentile(0.99); p99 > mostP99 || r.worst > mostMax {
			t.Errorf("beside %s a neighbour's p99 is %v, the longest answer %v (beside %s)", r.command, p99, r.worst, r.form)
		}
	}
}

// String is the table, what was noticed most of first.
func (l *latencyTable) String() string {
	slices.SortStableFunc(l.rows, func(a, b *latencyRow) int {
		return int(max(b.worst, b.turn) - max(a.worst, a.turn))
	})
	var b strings.Builder
	line := func(command, answers, p50, p99, longest, turn, itself, form string) {
		fmt.Fprintf(&b, "%-26s %8s %8s %8s %8s %24s %8s  %s\n", command, answers, p50, p99, longest, turn, itself, form)
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }
	line("beside", "answers", "p50 ms", "p99", "max", "longest turn", "itself", "the longest answer was beside")
	for _, r := range l.rows {
		turn := "under 0.5"
		if r.turn > 0 {
			turn = ms(r.turn) + " " + r.by
		}
		line(r.command, fmt.Sprint(len(r.took)), ms(r.percentile(.5)), ms(r.percentile(.99)), ms(r.worst), turn, ms(r.longest), r.form)
	}
	return b.String()
}
