package reconcile

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// BenchmarkLoad_Keys is what a load does with each key, but for the store: it must be less than what SCAN
// takes to say the key.
func BenchmarkLoad_Keys(b *testing.B) {
	const n = 5_000_000
	registry, err := tracker.NewRegistry(tracker.Config{MaxID: n, Width: 12}, nil)
	if err != nil {
		b.Fatal(err)
	}
	pages := make([][]string, 100)
	for i := range pages {
		for range scanPage {
			pages[i] = append(pages[i], fmt.Sprintf("vec:%012d", rand.IntN(n)))
		}
	}
	r := &Reconciler{options: Options{Registry: registry}}
	w := &work{job: newJob(1, Request{Prefix: "vec:"}, "", func(error) {}), registry: registry, hands: hands{of: r}}
	if err := w.find(nil); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h := w.hands.take()
		pin, err := w.made(h)
		if err != nil {
			b.Fatal(err)
		}
		h.ids = w.parse(h.ids[:0], pages[i%len(pages)])
		if _, err := h.add(pin, h.ids); err != nil {
			b.Fatal(err)
		}
		w.hands.put(h)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/scanPage, "ns/key")
}
