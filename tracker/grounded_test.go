package tracker

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// What each method of Reader says of IDs: all that it names, or nil where it names none
// and speaks of the prefix, of memory or of effort alone.
var said = map[string]func(r Reader, rng Range) []uint64{
	"Stats":      func(r Reader, _ Range) []uint64 { return []uint64{r.Stats().Count} },
	"Count":      func(r Reader, _ Range) []uint64 { return []uint64{r.Count()} },
	"CountRange": func(r Reader, rng Range) []uint64 { return []uint64{r.CountRange(rng)} },
	"Extent":     func(r Reader, _ Range) []uint64 { return []uint64{r.Extent(0).Max} },
	"Map":        func(r Reader, rng Range) []uint64 { return r.Map(rng, 57).Counts },
	"CountInto": func(r Reader, rng Range) []uint64 {
		m := r.BlankMap(make([]uint64, 1000), rng)
		r.CountInto(m, Range{rng.Min + 1, rng.Max - 1})
		return m.Counts
	},
	"IsEmpty": func(r Reader, _ Range) []uint64 {
		if r.IsEmpty() {
			return []uint64{1}
		}
		return []uint64{0}
	},
	"First": func(r Reader, rng Range) (ids []uint64) {
		for id, ok := r.First(Set, rng); ok; id, ok = r.First(Set, Range{id + 1, rng.Max}) {
			ids = append(ids, id)
		}
		return ids
	},
	"Last": func(r Reader, _ Range) []uint64 {
		id, ok := r.Last()
		if !ok {
			return []uint64{}
		}
		return []uint64{id}
	},
	"Scan": func(r Reader, rng Range) []uint64 { return pass(r, Set, rng) },
	"Select": func(r Reader, rng Range) []uint64 {
		s := r.Select(Set, Mask{})
		return []uint64{s.Count(rng)}
	},
	"ScanRandom": func(r Reader, rng Range) (ids []uint64) {
		rng.Max = min(rng.Max, rng.Min+20_000)
		for cursor := uint64(0); ; {
			var runs []Run
			if runs, cursor, _ = r.ScanRandom(nil, Set, rng, 7, cursor, 300); len(runs) > 0 {
				ids = append(ids, expand(runs)...)
			}
			if cursor == 0 {
				return ids
			}
		}
	},
	"SampleDistinct": func(r Reader, _ Range) []uint64 {
		ids := r.SampleDistinct(nil, 100_000, new(Sampler))
		slices.Sort(ids)
		return ids
	},
	"Sample": func(r Reader, _ Range) []uint64 { // all of them, if they are few
		ids := r.Sample(nil, int(40*r.Count()), new(Sampler))
		slices.Sort(ids)
		return slices.Compact(ids)
	},
	"Snapshot": func(r Reader, _ Range) (ids []uint64) {
		s, err := r.Snapshot(nil)
		if err != nil {
			panic(err)
		}
		defer s.Close()
		for run := range s.Runs() {
			ids = append(ids, expand([]Run{run})...)
		}
		return ids
	},
}

// They say nothing of single IDs, or nothing that depends on what exists.
var silent = []string{"Prefix", "Config", "Created", "Deleting", "BlankMap", "Capacity", "Clip", "Pieces", "Bounded", "Holds",
	"LongCount", "LongMap", "LongAdd", "LongRemove", "LongAllocation", "LongWalk", "LongDraw", "LongRandomScan", "AppendKey", "ParseKey",
	"CountFree", // see below
	"Leases"}

func pass(r Reader, filter Filter, rng Range) (ids []uint64) {
	for cursor := uint64(0); ; {
		var runs []Run
		var err error
		if runs, cursor, err = r.Scan(nil, filter, rng, cursor, 777); err != nil {
			panic(err)
		}
		if ids = append(ids, expand(runs)...); cursor == 0 {
			return ids
		}
	}
}

// To every reader a tracker with IDs in flight is like one that has not got them.
func TestReader_WhatIsInFlightIsNowhere(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	methods := reflect.TypeFor[Reader]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		say := said[name]
		if say == nil {
			if !slices.Contains(silent, name) {
				t.Errorf("nobody has said what %s says of IDs in flight", name)
			}
			continue
		}
		for range 25 {
			tr := lay(t, rnd, true)
			twin, _ := New("p", tr.Config())
			for _, id := range worldIDs {
				if tr.existsNaive(id) {
					twin.Add(id)
				}
			}
			r := randomRange(rnd)
			if r.Len() < 2 || name == "ScanRandom" {
				r = Range{0, 1 << 18}
			}
			if got, want := say(tr, r), say(twin, r); !slices.Equal(got, want) {
				t.Errorf("%s of %v: %d, %v…, without what is in flight %d, %v…", name, r, len(got), got[:min(9, len(got))], len(want), want[:min(9, len(want))])
				break
			}
		}
	}
	// Neither existing nor free.
	for range 25 {
		tr := lay(t, rnd, true)
		r := Range{1<<18 - 5000, 1<<18 + 300}
		var free, any uint64
		for id := r.Min; id < r.Max; id++ {
			if !tr.bits.Test(id) {
				free++
			}
			if !tr.aloftNaive(id) {
				any++
			}
		}
		if n := tr.CountFree(r); n != free || uint64(len(pass(tr, Unset, r))) != free || uint64(len(pass(tr, All, r))) != any {
			t.Fatalf("%d free, %d of all, want %d and %d", n, len(pass(tr, All, r)), free, any)
		}
	}
}

// So it is to the iterators of a program that has prefixes of its own, and to Pop.
func TestIterators_PassOverWhatIsInFlight(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		tr := lay(t, rnd, true)
		want := naiveIDs(tr.Select(Set, Mask{}), Everything)
		b := tr.Iter().SetOnly()
		seq, _ := b.Sequential()
		shuffled, _ := b.Shuffled(1)
		parts, _ := b.Max(worldEnd).Partitioned(5)
		if n := seq.Remaining(); n != uint64(len(want)) || seq.Exhausted() != (n == 0) {
			t.Fatalf("%d remaining, want %d", n, len(want))
		}
		got := map[string][]uint64{"Sequential": slices.Collect(seq.All()), "Shuffled": slices.Sorted(shuffled.All())}
		for _, p := range parts {
			got["Partitioned"] = append(got["Partitioned"], slices.Collect(p.All())...)
		}
		small := Range{1<<18 - 4096, 1 << 18}
		random, _ := b.Range(small.Min, small.Max).Random(3)
		got["Random"] = slices.Sorted(random.All())
		got["Pop"] = tr.Pop(nil, len(worldIDs), new(Sampler))
		slices.Sort(got["Pop"])
		for name, ids := range got {
			wanted := want
			if name == "Random" {
				wanted = slices.DeleteFunc(slices.Clone(want), func(id uint64) bool { return id < small.Min || id >= small.Max })
			}
			if !slices.Equal(ids, wanted) {
				t.Fatalf("%s: %d IDs, want %d", name, len(ids), len(wanted))
			}
		}
	}
}
