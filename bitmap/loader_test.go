package bitmap_test

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// What is read from one Bitmap as words and put into another is the same set: for each operation, also
// those that rest on counts and skip bits.
func TestLoader_IsTheSameSet(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		from, o := bitmap.New(), oracle{}
		for range 300 {
			if err := step(from, o, rnd); err != nil {
				t.Fatal(err)
			}
		}
		to := bitmap.New()
		l := to.Loader()
		load(l, from, rnd)
		l.Done()
		if to.Count() != uint64(len(o)) {
			t.Fatalf("seed %d: %d IDs, want %d", seed, to.Count(), len(o))
		}
		for range 300 {
			if err := step(to, o, rnd); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
}

// load puts the words of b into l, in some of the ways that there are, over other words that were there
// before.
func load(l *bitmap.Loader, b *bitmap.Bitmap, rnd *rand.Rand) {
	var spans []span
	b.Spans(0, bitmap.Words, func(wi uint64, words []atomic.Uint64) bool {
		s := span{wi: wi}
		for i := range words {
			s.words = append(s.words, words[i].Load())
		}
		spans = append(spans, s)
		return true
	})
	if rnd.IntN(2) == 0 {
		l.Fill(100, 70_000, ^uint64(0))
		l.Put(bitmap.Words-1, 12345)
		if rnd.IntN(2) == 0 {
			l.Clear()
		} else {
			l.Fill(0, bitmap.Words, 0)
		}
	}
	rnd.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	for _, s := range spans {
		if rnd.IntN(2) == 0 {
			var p []byte
			for _, w := range s.words {
				p = binary.LittleEndian.AppendUint64(p, w)
			}
			l.PutAll(s.wi, p)
			continue
		}
		for i, w := range s.words {
			switch wi := s.wi + uint64(i); w {
			case 0, ^uint64(0):
				l.Fill(wi, 1, w)
			default:
				l.Put(wi, w)
			}
		}
	}
}

type span struct {
	wi    uint64
	words []uint64
}

// Spans has each word that is not zero, in order, keeps to its range, and ends when it is told to.
func TestSpans_AreTheWords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	b := bitmap.New()
	for range 2000 {
		b.Set(near(rnd))
	}
	for range 300 {
		wi := near(rnd) / 64
		n := min(rnd.Uint64N(5000), bitmap.Words-wi)
		at, visits := wi, 0
		b.Spans(wi, n, func(first uint64, words []atomic.Uint64) bool {
			if first < at || first+uint64(len(words)) > wi+n {
				t.Fatalf("words %d to %d after %d, of %d from %d", first, first+uint64(len(words)), at, n, wi)
			}
			for ; at < first; at++ {
				if b.Word(at) != 0 {
					t.Fatalf("word %d is passed over", at)
				}
			}
			for i := range words {
				if words[i].Load() != b.Word(at) {
					t.Fatalf("word %d differs", at)
				}
				at++
			}
			visits++
			return true
		})
		if at > wi && at < wi+n && b.Word(wi+n-1) != 0 {
			t.Fatalf("the last word is passed over")
		}
		if visits > 1 {
			ended := 0
			b.Spans(wi, n, func(uint64, []atomic.Uint64) bool { ended++; return ended < visits-1 })
			if ended != max(1, visits-1) {
				t.Errorf("told to end at visit %d of %d it has made %d", visits-1, visits, ended)
			}
		}
	}
}

func BenchmarkLoader_Fill1G(b *testing.B) {
	for b.Loop() {
		set := bitmap.New()
		l := set.Loader()
		l.Fill(0, 1<<30/64, ^uint64(0))
		l.Done()
		if set.Count() != 1<<30 {
			b.Fatal(set.Count())
		}
	}
}

func BenchmarkLoader_Put(b *testing.B) {
	set := bitmap.New()
	l := set.Loader()
	for i := uint64(0); b.Loop(); i++ {
		l.Put(i*7919%(1<<24), i)
	}
}
