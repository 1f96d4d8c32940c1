package tracker

import "testing"

// The steepest laws that can be asked for leave the likeliest IDs, and not all of them alike.
func TestLaw_NoneIsTooSteep(t *testing.T) {
	w := exist(t, 1000, func(id uint64) bool { return id < 10 })
	for _, c := range []struct {
		law        Law
		hit, other uint64 // the likeliest that exists, and that does not
	}{
		{Exponential(.5, 5e-324), 0, 10},
		{Exponential(.9999999999999999, 1e-320), 0, 10},
		{Zipf(1000), 0, 10},
		{Latest(1000), 9, 10},
	} {
		for hit, want := range []uint64{c.other, c.hit} {
			for id := range w.drawMany(t, Draws{Hit: float64(hit), Law: c.law}, 300) {
				if id != want {
					t.Errorf("%+v, hit %d: %d, want %d", c.law, hit, id, want)
				}
			}
		}
	}
}
