package bitmap

import "testing"

// More announcements than there is room for make everybody suspect: none is forgotten.
func TestSuspects_BeyondTheRoomEverybodyIs(t *testing.T) {
	var s suspects
	for range 3 { // the same ones again take no room
		for wi := range uint64(maxSuspects) {
			s.note(wi*groupWords*fanOut + 1) // a word of a chunk of its own
		}
	}
	if s.all || s.n != maxSuspects {
		t.Fatalf("%d are noted, everybody: %v; want %d", s.n, s.all, maxSuspects)
	}
	for ci := range uint64(maxSuspects) {
		if s.under(1, ci) != 1 || s.under(0, ci*fanOut) != 1 {
			t.Errorf("of chunk %d are suspect %x, %x", ci, s.under(1, ci), s.under(0, ci*fanOut))
		}
	}
	s.note(maxSuspects*groupWords*fanOut + 1)
	for _, level := range []int{0, 1, 2} {
		if got := s.under(level, 7*maxSuspects); got != full {
			t.Errorf("one more, and at level %d are suspect %x", level, got)
		}
	}
}
