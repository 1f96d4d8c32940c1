package resp

import (
	"testing"
	"time"
)

// The gate goes by the server's clock, which begins with it and is never set: the first line passes at
// once, and then one a second.
func TestLogGate(t *testing.T) {
	var g logGate
	for i, step := range []struct {
		now    time.Duration
		silent uint64
		ok     bool
	}{
		{0, 0, true}, {1, 0, false}, {logPeriod - 1, 0, false}, {logPeriod + 1, 2, true}, {logPeriod + 2, 0, false},
		{5 * logPeriod, 1, true}, {5*logPeriod + 1, 0, false}, {9 * logPeriod, 1, true},
	} {
		if silent, ok := g.pass(step.now); silent != step.silent || ok != step.ok {
			t.Errorf("step %d, at %v: %d, %v, want %d, %v", i, step.now, silent, ok, step.silent, step.ok)
		}
	}
}
