package commands

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortedRuns(t *testing.T) {
	for _, n := range []int{0, 1, 2, runLength - 1, runLength, runLength + 1, 5*runLength + 77} {
		var runs sortedRuns
		want := make([]string, n)
		for i := range want {
			want[i] = fmt.Sprint(rand.IntN(n))
			runs.add(want[i])
		}
		slices.Sort(want)
		if runs.n != n {
			t.Errorf("of %d it counts %d", n, runs.n)
		}
		if got := slices.Collect(runs.all()); !slices.Equal(got, want) {
			t.Errorf("%d are not in order", n)
		}
	}
}
