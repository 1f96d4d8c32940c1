package idfile

import (
	"fmt"
	"math/rand/v2"
)

type run struct{ start, n uint64 }

// pattern is a set of IDs, as ascending runs with gaps between them.
type pattern struct {
	name string
	runs []run
}

// patterns are sets of all sizes and densities, where containers of Roaring become of another kind, and
// at the edges of all that a format has: bits, bytes, words, buffers, containers, parts, and the highest ID.
func patterns() []pattern {
	all := []pattern{{name: "empty"}, {"first", []run{{0, 1}}}, {"highest", []run{{1<<48 - 1, 1}}}}
	add := func(name string, runs ...run) { all = append(all, pattern{name, runs}) }
	for _, bit := range []int{3, 6, 12, 16, 18, 21, 31, 32, 33, 40, 47} {
		edge := uint64(1) << bit
		add(fmt.Sprintf("below 2^%d", bit), run{edge - 1, 1})
		add(fmt.Sprintf("at 2^%d", bit), run{edge, 1})
		add(fmt.Sprintf("across 2^%d", bit), run{edge - 5, 10})
	}
	add("before the end", run{1<<48 - 100_000, 100_000})
	for _, n := range []uint64{7, 8, 64, 4096, 4097, 65535, 65536, 65537, 1_000_000, 3 << 20} {
		add(fmt.Sprintf("full to %d", n), run{0, n})
	}
	add("two parts", run{1 << 31, 1<<32 - 1<<31 + 70_000})
	for _, c := range []struct {
		name            string
		start, n, every uint64
		times           int
	}{
		{"alternate", 0, 1, 2, 200_000}, {"odd", 1, 1, 2, 40_000}, {"every 3rd", 0, 1, 3, 40_000}, {"all but every 3rd", 0, 2, 3, 40_000},
		{"every 63rd", 62, 1, 63, 20_000}, {"one in a container", 0, 1, 1 << 16, 300}, {"one in a part", 5, 1, 1 << 32, 300},
		{"most in an array", 0, 1, 16, 4096}, {"fewest in a bitmap", 0, 1, 15, 4097}, // 4097 of one container
		{"runs as large as a bitmap", 0, 4, 31, 2047}, {"runs larger than a bitmap", 0, 4, 31, 2048}, {"most runs", 0, 5, 31, 2055}, {"too many runs", 0, 5, 31, 2056},
		{"runs as large as an array", 0, 2, 10, 1000}, {"clusters", 1 << 31, 1000, 1_000_003, 200},
	} {
		var runs []run
		for i := range uint64(c.times) {
			runs = append(runs, run{c.start + i*c.every, c.n})
		}
		add(c.name, runs...)
	}
	for seed, most := range []uint64{2, 300, 70_000, 1 << 33} {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		var runs []run
		for id := uint64(0); len(runs) < 5000; {
			id += 1 + r.Uint64N(most)
			n := 1 + r.Uint64N(min(most, 1000))
			runs = append(runs, run{id, n})
			id += n
		}
		add(fmt.Sprintf("random, gaps below %d", most), runs...)
	}
	return all
}

// last is the highest ID of a pattern, ok is false if there is none.
func (p pattern) last() (id uint64, ok bool) {
	if len(p.runs) == 0 {
		return 0, false
	}
	r := p.runs[len(p.runs)-1]
	return r.start + r.n - 1, true
}

// ids is how many IDs a pattern has.
func (p pattern) ids() (n uint64) {
	for _, r := range p.runs {
		n += r.n
	}
	return n
}
