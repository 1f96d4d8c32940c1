package integration_test

import (
	"fmt"
	"math/rand/v2"
)

// idRun is n IDs from start on.
type idRun struct{ start, n uint64 }

// idPattern is a set of IDs, as ascending runs.
type idPattern struct {
	name string
	runs []idRun
}

func (p idPattern) ids() (n uint64) {
	for _, r := range p.runs {
		n += r.n
	}
	return n
}

// fitsRedis tells whether a string of a Redis server has room for the IDs.
func (p idPattern) fitsRedis() bool {
	return len(p.runs) == 0 || p.runs[len(p.runs)-1].start+p.runs[len(p.runs)-1].n <= 1<<32
}

// evenly is runs of n IDs, as many as make all of them, one at each of so many IDs.
func evenly(start, n, every, all uint64) (runs []idRun) {
	for made := uint64(0); made < all; made += n {
		runs = append(runs, idRun{start, min(n, all-made)})
		start += every
	}
	return runs
}

// idPatterns are 64 sets of at most so many IDs. Each eighth of them has something of every kind.
func idPatterns(most uint64) []idPattern {
	var kinds [8][]idPattern
	add := func(kind int, name string, runs ...idRun) { kinds[kind] = append(kinds[kind], idPattern{name, runs}) }
	add(0, "empty")
	for _, bit := range []int{16, 32, 48} {
		edge := uint64(1) << bit
		add(0, fmt.Sprintf("last below 2^%d", bit), idRun{edge - 1, 1})
	}
	for i, at := range []uint64{0, 1 << 16, 1 << 32, 1 << 47} {
		add(0, fmt.Sprintf("first of %d", at), idRun{at, uint64(1 + i)})
	}
	for i, bit := range []int{6, 12, 16, 18, 21, 31, 32, 47} {
		edge := uint64(1) << bit
		add(1, fmt.Sprintf("across 2^%d", bit), idRun{edge - uint64(i+1), 10})
	}
	for i := range uint64(8) {
		share := most >> i
		add(2, fmt.Sprintf("full, %d", share), idRun{0, share})
		add(3, fmt.Sprintf("one of %d", i+2), evenly(i, 1, i+2, share)...)
		add(4, fmt.Sprintf("%d of %d", i+2, i+3), evenly(0, i+2, i+3, share)...)
		add(5, fmt.Sprintf("sparse, 1 of 2^%d", 10+4*i), evenly(i, 1, 1<<(10+4*i), min(share, 500))...)
		add(6, fmt.Sprintf("clusters of %d", 100<<i), evenly(1<<31-1000, 100<<i, 1_000_003, share)...)
		r := rand.New(rand.NewPCG(i, 1))
		var runs []idRun
		for id, left := uint64(0), share; left > 0; {
			id += 1 + r.Uint64N(2<<(3*i))
			n := min(left, 1+r.Uint64N(20))
			runs = append(runs, idRun{id, n})
			id, left = id+n, left-n
		}
		add(7, fmt.Sprintf("random, gaps below %d", 2<<(3*i)), runs...)
	}
	var all []idPattern
	for i := range 8 {
		for _, kind := range kinds {
			all = append(all, kind[i])
		}
	}
	return all
}
