package tracker

import (
	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/journal"
)

// Claim is Add for callers that compete for id: of all of them one gets true.
// The tracker counts claims and conflicts.
func (t *Tracker) Claim(id uint64) bool {
	var n outcomes
	claimed := t.claim(t.bits.TestAndSet, id, &n)
	t.count(&n)
	return claimed
}

// claimAll is Claim for ids one by one, whose memory is secured. It appends the
// results to claimed.
func (t *Tracker) claimAll(s bitmap.Secured, claimed []bool, ids []uint64, notes *journal.Batch) []bool {
	var n outcomes
	for _, id := range ids {
		is := t.claim(s.TestAndSet, id, &n)
		if id < t.end() {
			t.noted(notes, id, is)
		}
		claimed = append(claimed, is)
	}
	t.count(&n)
	return claimed
}

// outcomes counts the claims of one call. The tracker's counters are shared by
// all, and each is changed once per call.
type outcomes struct{ claims, conflicts, outside int }

func (t *Tracker) claim(set func(uint64) bool, id uint64, n *outcomes) bool {
	switch {
	case id >= t.end():
		n.outside++
		return false
	case !set(id):
		n.conflicts++
		return false
	}
	n.claims++
	return true
}

func (t *Tracker) count(n *outcomes) {
	if n.claims > 0 {
		t.claims.Add(uint64(n.claims))
	}
	if n.conflicts > 0 {
		t.conflicts.Add(uint64(n.conflicts))
	}
	t.countOutside(n.outside)
}
