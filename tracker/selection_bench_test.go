package tracker

import "testing"

// Masks over a thousand million IDs.
const benchIDs = 1 << 30

func filled(b *testing.B, free ...uint64) *Tracker {
	b.Helper()
	t, err := New("p", Config{MaxID: benchIDs})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := t.AddRange(Range{0, benchIDs}); err != nil {
		b.Fatal(err)
	}
	for _, id := range free {
		t.Remove(id)
	}
	return t
}

// patterned has the words of a pattern of two, one after the other.
func patterned(b *testing.B, even, odd uint64, n uint64) *Tracker {
	b.Helper()
	t, err := New("p", Config{MaxID: benchIDs})
	if err != nil {
		b.Fatal(err)
	}
	for wi := uint64(0); wi < n/64; wi += 2 {
		if _, err := t.bits.ClaimWord(wi, even); err != nil {
			b.Fatal(err)
		}
		if _, err := t.bits.ClaimWord(wi+1, odd); err != nil {
			b.Fatal(err)
		}
	}
	return t
}

func BenchmarkMask(b *testing.B) {
	const only = benchIDs - 777
	b.Run("claim, all but one excluded", func(b *testing.B) {
		mask := Mask{&masking{except: filled(b, only)}}
		t, _ := New("q", Config{MaxID: benchIDs})
		s := t.Select(Unset, mask)
		for b.Loop() {
			runs, err := s.handOut(nil, Range{0, benchIDs}, 1, t.bits.ClaimWord)
			if err != nil || len(runs) != 1 || runs[0].Start != only {
				b.Fatal(runs, err)
			}
			t.Remove(only)
		}
	})
	const n = 64 << 20
	for _, c := range []struct {
		name                   string
		even, odd, meven, modd uint64
	}{
		{"alternating bits", 0x5555555555555555, 0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0xAAAAAAAAAAAAAAAA},
		{"alternating words", ^uint64(0), 0, 0, ^uint64(0)},
		{"random halves", 0x9E3779B97F4A7C15, 0x6C62272E07BB0142, 0x243F6A8885A308D3, 0x13198A2E03707344},
	} {
		b.Run("count only, "+c.name, func(b *testing.B) {
			t, m := patterned(b, c.even, c.odd, n), patterned(b, c.meven, c.modd, n)
			s := t.Select(Set, Mask{&masking{only: m}})
			var sum uint64
			for b.Loop() {
				sum += s.Count(Range{0, n})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(n/64), "ns/word")
		})
	}
	b.Run("claims, mask excludes every other ID, batches of 256", func(b *testing.B) {
		m := patterned(b, 0x5555555555555555, 0x5555555555555555, n)
		t, _ := New("q", Config{MaxID: benchIDs})
		var dst []Run
		mask := Mask{&masking{except: m, place: new(place)}}
		for b.Loop() {
			s := t.Select(Unset, mask) // one for each operation
			if dst, _ = s.handOut(dst[:0], Range{0, n}, 256, t.bits.ClaimWord); len(dst) == 0 {
				t.Clear()
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/ID")
	})
}
