package observe

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// Every duration lies in a bucket that ends at it or at most 1/32 above it.
func TestHistogram_BucketsAreNarrow(t *testing.T) {
	for shift := range 64 {
		for _, near := range []uint64{0, 1, 7, 1 << 20} {
			for _, n := range []uint64{1<<shift - near, 1<<shift + near} {
				if n > math.MaxInt64 {
					continue
				}
				i := bucketOf(n)
				if end := bucketEnd(i); end < n || end-n > n/32 {
					t.Fatalf("%d is in bucket %d, which ends at %d", n, i, end)
				}
				if i > 0 && bucketEnd(i-1) >= n {
					t.Fatalf("%d is in bucket %d, and the one before ends at %d", n, i, bucketEnd(i-1))
				}
			}
		}
	}
}

func TestDistribution(t *testing.T) {
	var m CommandCounters
	if d := m.Read("x"); d.Calls != 0 || d.Latency.Total != 0 || d.Latency.Percentile(0.5) != 0 || d.Latency.Cumulative() != nil {
		t.Errorf("of nothing: %+v", d)
	}
	for n := uint64(1); n <= 1000; n++ {
		m.Observe(2, 2*n*1000) // two of n µs each
	}
	m.Reject()
	m.Fail()
	d := m.Read("x")
	if d.Name != "x" || d.Calls != 2000 || d.Nanos != 1000*1001*1000 || d.Rejected != 1 || d.Failed != 1 || d.Latency.Total != 2000 {
		t.Errorf("%d calls, %d ns, %d rejected, %d failed, %d in all", d.Calls, d.Nanos, d.Rejected, d.Failed, d.Latency.Total)
	}
	for share, want := range map[float64]uint64{0: 1000, 0.5: 500_000, 0.99: 990_000, 1: 1_000_000} {
		if got := d.Latency.Percentile(share); got < want || got > want+want/32 {
			t.Errorf("percentile %v: %d, want %d", share, got, want)
		}
	}
	var last uint64
	for _, p := range d.Latency.Cumulative() {
		if bits.OnesCount64(p.Micros) != 1 || p.Count <= last {
			t.Errorf("%+v behind %d", p, last)
		}
		last = p.Count
	}
	if last != 2000 {
		t.Errorf("the last point has %d", last)
	}
	m.Reset()
	if d := m.Read("x"); d.Calls+d.Nanos+d.Rejected+d.Failed+d.Latency.Total != 0 {
		t.Errorf("after a reset: %+v", d)
	}
}

// Below is the naive count, but for the bucket that a bound lies in.
func TestDistribution_Below(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var h Histogram
	var all []uint64
	for range 10_000 {
		d := uint64(1) << random.IntN(40)
		d += random.Uint64N(d)
		h.Add(d, 2)
		all = append(all, d, d)
	}
	bounds := []uint64{0, 1, 31, 32, 1000, 1000, 5000, 1e6, 1e9, math.MaxUint64}
	for i, got := range h.Read().Below(bounds) {
		var most, least uint64
		for _, d := range all {
			if d <= bounds[i] {
				most++
				if d < bounds[i]-bounds[i]/32 {
					least++
				}
			}
		}
		if got > most || got < least {
			t.Errorf("%d are said not to exceed %d, %d to %d do not", got, bounds[i], least, most)
		}
	}
	if got := (Distribution{}).Below(bounds); len(got) != len(bounds) || got[len(got)-1] != 0 {
		t.Errorf("of none: %v", got)
	}
}
