package integration_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
)

// draws is how often each ID was drawn, of so many.
func (s *scene) draws(t *testing.T, options string, n, draws int) (times []int) {
	t.Helper()
	times = make([]int, n)
	for left := draws; left > 0; left -= 10_000 {
		line := fmt.Sprintf("PT.SAMPLE k: COUNT %d %s", min(left, 10_000), options)
		ids := s.admin.mustReply(t, words(line)...).texts()
		if len(ids) != min(left, 10_000) {
			t.Fatalf("%s drew %d IDs", line, len(ids))
		}
		for _, id := range ids {
			times[atoi(t, id)]++
		}
	}
	return times
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

// mustBeShare fails the test if hits of n draws is no such share: five standard deviations from it.
func mustBeShare(t *testing.T, what string, hits, n int, share float64) {
	t.Helper()
	got := float64(hits) / float64(n)
	if off := math.Abs(got - share); off > 5*math.Sqrt(share*(1-share)/float64(n)) {
		t.Errorf("%s: %.3f %% of %d draws, want %.3f %%", what, 100*got, n, 100*share)
	}
}

// TestScene8_Draws: the shares are those of the law, also of what is left when a half is gone; the same seed draws the
// same; and where hardly anything exists something is drawn.
func TestScene8_Draws(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	draws := max(n, 100_000)
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE k: MAXID %d", n), simple("OK"))
	s.admin.mustDo(t, fmt.Sprintf("PT.ADDRANGE k: 0 %d", n), integer(n))

	weight := make([]float64, n) // of ZIPF .99, by rank
	all := 0.0
	for rank := range weight {
		weight[rank] = math.Pow(float64(rank+1), -0.99)
		all += weight[rank]
	}
	share := func(ranks int) (w float64) {
		for _, one := range weight[:ranks] {
			w += one
		}
		return w / all
	}
	zipf := s.draws(t, "DIST ZIPF 0.99", n, draws)
	for _, ranks := range []int{1, 100, n / 100} {
		mustBeShare(t, fmt.Sprintf("the first %d of ZIPF 0.99", ranks), sum(zipf[:ranks]), draws, share(ranks))
	}
	hot := s.draws(t, "DIST HOTSPOT 0.2 0.8", n, draws)
	mustBeShare(t, "the hot fifth", sum(hot[:n/5]), draws, 0.8)

	// Scrambled, the hot IDs lie everywhere: each tenth of the range has its part of the hundred hottest.
	scrambled := s.draws(t, "DIST ZIPF 0.99 SCRAMBLE", n, draws)
	order := make([]int, n)
	for id := range order {
		order[id] = id
	}
	slices.SortFunc(order, func(a, b int) int { return scrambled[b] - scrambled[a] })
	mustBeShare(t, "the hottest, scrambled", scrambled[order[0]], draws, share(1))
	var tenths [10]int
	for _, id := range order[:100] {
		tenths[id*10/n]++
	}
	if slices.Max(tenths[:]) > 30 {
		t.Errorf("the hundred hottest lie by tenths of the range like this: %v", tenths)
	}

	// A half is removed: every odd ID.
	for from := 1; from < n; from += 20_000 {
		rem := []string{"PT.REM", "k:"}
		for id := from; id < min(n, from+20_000); id += 2 {
			rem = append(rem, strconv.Itoa(id))
		}
		s.admin.mustReply(t, rem...)
	}
	left, leftAll, first := s.draws(t, "DIST ZIPF 0.99", n, draws), 0.0, 0.0
	for id := 0; id < n; id += 2 {
		leftAll += weight[id]
		if id < 100 {
			first += weight[id]
		}
		if left[min(id+1, n-1)] > 0 && id+1 < n {
			t.Fatalf("ID %d was drawn and does not exist", id+1)
		}
	}
	mustBeShare(t, "the first fifty that are left", sum(left[:100]), draws, first/leftAll)

	one := s.admin.mustReply(t, words("PT.SAMPLE k: COUNT 1000 DIST ZIPF 0.99 SEED 4")...).raw
	if two := s.admin.mustReply(t, words("PT.SAMPLE k: COUNT 1000 DIST ZIPF 0.99 SEED 4")...).raw; two != one {
		t.Error("the same seed draws something else")
	}
	if other := s.admin.mustReply(t, words("PT.SAMPLE k: COUNT 1000 DIST ZIPF 0.99 SEED 5")...).raw; other == one {
		t.Error("another seed draws the same")
	}

	// One in a thousand.
	s.admin.mustReply(t, "PT.CLEAR", "k:")
	for id := 500; id < n; id += 1000 {
		s.admin.mustDo(t, fmt.Sprintf("PT.ADD k: %d", id), integer(1))
	}
	for _, law := range []string{"UNIFORM", "ZIPF 0.99", "HOTSPOT 0.2 0.8", "LATEST 0.99", "EXPONENTIAL 0.95 0.1", "NORMAL 0.5 0.1"} {
		s.draws(t, "DIST "+law, n, 20_000)
		for range 100 {
			if r := s.admin.mustReply(t, words("PT.SAMPLE k: DIST "+law)...); r.kind != ':' || atoi(t, r.text)%1000 != 500 {
				t.Fatalf("%s drew %q", law, r.raw)
			}
		}
	}
}
