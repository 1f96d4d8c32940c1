package top

import (
	"math/rand/v2"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// A name may be any signs, also such as are one with what stands beside them, or were before
// the name was cut: it fits wherever it is shown.
func TestFit_AnySigns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	signs := []rune("aé世１ﷺ☺⚠①⌚👩ก\u0e33각가ि\u094d\u0301\u20dd\ufe0f\ufe0e\u1160\u3164\u00ad\u200d🏽🇩🇪\U000e0100")
	for range 50_000 {
		name := make([]rune, random.IntN(9))
		for i := range name {
			if name[i] = signs[random.IntN(len(signs))]; random.IntN(6) == 0 {
				name[i] = rune(random.IntN(0x20000))
			}
		}
		text, width := clean(string(name)), random.IntN(8)
		for _, right := range []bool{false, true} {
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Fatalf("%q in %d columns: %v", text, width, p)
					}
				}()
				if got := fit(text, width, right); ansi.StringWidth(got) > width+1 { // with a blank before a sign that belongs to it
					t.Fatalf("%q in %d columns is %q", text, width, got)
				}
			}()
		}
	}
}
