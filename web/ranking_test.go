package web

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/glob"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// A survey finds what sorting everything would find.
func TestSurvey_FindsWhatSortingFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	registry, err := tracker.NewRegistry(tracker.Config{Width: 12}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	for i := range 150 {
		tr, err := registry.Create(fmt.Sprintf("%c%d:%c", 'A'+random.IntN(58), random.IntN(30), 'a'+i%26)+strings.Repeat("x", i%3)+fmt.Sprint(i),
			tracker.Config{MaxID: uint64(random.IntN(2) * (1000 + random.IntN(3)))})
		if err != nil {
			t.Fatal(err)
		}
		for range random.IntN(6) { // so that many are equal
			tr.ClaimNext(nil, tracker.Range{Max: 1000}, 1)
			tr.Add(uint64(random.IntN(1000)))
		}
	}
	s := newSurvey(registry, newPace())
	var rankings []ranking
	for _, by := range orders {
		for _, match := range []string{"", "a", "B1", "*1?:*", "[a-c]*", "nothing", "X"} {
			for _, at := range [][2]int{{0, 0}, {0, 1}, {0, 50}, {3, 7}, {100, 50}, {149, 5}, {1000, 5}, {0, 1000}} {
				rankings = append(rankings, ranking{match, by, at[0], at[1]})
			}
		}
	}
	s.walk(rankings)
	for _, r := range rankings {
		all := registry.All()
		all = slices.DeleteFunc(all, func(tr *tracker.Tracker) bool {
			switch {
			case strings.ContainsAny(r.match, "*["):
				return !glob.Match(r.match, tr.Prefix())
			default:
				return !strings.Contains(strings.ToLower(tr.Prefix()), strings.ToLower(r.match))
			}
		})
		slices.SortStableFunc(all, func(a, b *tracker.Tracker) int {
			x, y := a.Stats(), b.Stats()
			switch r.by {
			case byCount:
				return cmp.Compare(y.Count, x.Count)
			case byMemory:
				return cmp.Compare(y.Memory, x.Memory)
			case byClaims:
				return cmp.Compare(y.Claims, x.Claims)
			case byFull:
				full := func(tr *tracker.Tracker) float64 {
					if tr.Config().MaxID == 0 {
						return -1
					}
					return float64(tr.Count()) / float64(tr.Config().MaxID)
				}
				return cmp.Compare(full(b), full(a))
			}
			return 0
		})
		var want []string
		var sum total
		for _, tr := range all[min(r.offset, len(all)):min(r.offset+r.limit, len(all))] {
			want = append(want, tr.Prefix())
			stats := tr.Stats()
			sum.add(&stats)
		}
		k := s.known[r]
		if k == nil || !slices.Equal(k.names, want) || k.matched != len(all) || k.sum != sum {
			t.Errorf("%+v: %+v\nwant %d, %v %+v", r, k, len(all), want, sum)
		}
		if k.all.prefixes != 150 || k.all.ids != registry.TotalCount() {
			t.Errorf("%+v: all are %+v", r, k.all)
		}
	}
}

// What is looked for in one walk is bounded, and so is what is remembered.
func TestSurvey_RemembersLittle(t *testing.T) {
	s := newTestServer(t, 20, Options{}).survey
	if _, err := s.rank(t.Context(), everything); err != nil {
		t.Fatal(err)
	}
	for i := range mostRankings + 100 {
		if _, err := s.rank(t.Context(), ranking{match: fmt.Sprint(i), by: byName, limit: 5}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.known); n > mostRankings || s.known[everything] == nil {
		t.Errorf("%d are remembered", n)
	}
	for i := range 20 * mostRankings { // any of them may be forgotten, but the totals
		s.makeRoom()
		s.known[ranking{match: fmt.Sprint("again", i)}] = &ranked{used: s.known[everything].used}
	}
	if s.known[everything] == nil {
		t.Fatal("the totals are forgotten")
	}
	clear(s.known)
	s.known[everything] = &ranked{used: time.Now()}
	deep := ranking{by: byName, offset: lastRow - 20, limit: 20}
	for i := range 5 {
		deep.match = fmt.Sprintf("prefix*%d", i)
		s.known[deep] = &ranked{used: s.known[everything].used}
	}
	s.walkAgain()
	for r, k := range s.known {
		if k.at.IsZero() {
			t.Errorf("nobody has looked for %+v", r)
		}
	}
}
