package cli

import (
	"testing"
	"time"
)

// A rate is of the last seconds, lasts through a short halt, and is none when something else goes on.
func TestHeadway_Rate(t *testing.T) {
	start := time.Now()
	at := func(seconds float64, done uint64) headwayAt {
		return headwayAt{start.Add(time.Duration(seconds * float64(time.Second))), done}
	}
	h := headway{past: []headwayAt{at(0, 0)}, last: at(0, 0)}
	for _, step := range []struct {
		headwayAt
		want float64
	}{
		{at(0.1, 0), 0}, {at(1, 1000), 1000}, {at(5, 5000), 1000},
		{at(6, 15000), 14000. / 5}, // since the first second
		{at(11, 65000), 10000},     // all that was before is forgotten
		{at(11.9, 65000), 50000 / 5.9},
		{at(12, 65000), 0}, {at(20, 65000), 0},
		{at(21, 66000), 1000}, // the halt does not count
		{at(22, 500), 0},      // another begins
	} {
		if got := h.rate(step.headwayAt); got < step.want*0.999 || got > step.want*1.001 {
			t.Errorf("%v s, %d: %.1f a second, want %.1f", step.when.Sub(start).Seconds(), step.done, got, step.want)
		}
	}
}
