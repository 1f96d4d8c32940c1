package main

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// secured returns an empty bitmap with memory for 16 M IDs.
func secured() *bitmap.Bitmap { return bitmap.WithCapacity(ids16M) }

// bulk is the group of iterations, ranges and the registry.
func bulk() group {
	return group{
		name: "Iteration, ranges, registry",
		notes: []string{"Dense sets of 16 M IDs. The rivals' iterations hold the lock for the whole pass. Ranges are " +
			"set 4 K IDs at a time and counted 16 M at a time; a range may not be counted from the total."},
		rows: []row{sequential(), iterSet(), registryHit(), setRange(), countRange()},
	}
}

func sequential() row {
	return row{name: "next, sequential, set only (tracker)", seed: "< 50", goal: "≤ 3", cells: [cellCount]*subject{
		measured(func() (work, error) {
			t, err := tracker.New("bench", tracker.Config{MaxID: ids16M})
			if err != nil {
				return work{}, err
			}
			if _, err := t.AddRange(tracker.Range{Max: ids16M}); err != nil {
				return work{}, err
			}
			if _, err := t.Iter().SetOnly().Sequential(); err != nil {
				return work{}, err
			}
			again := func() *tracker.Sequential {
				it, _ := t.Iter().SetOnly().Sequential() // as above
				return it
			}
			return work{loop: func(n int) uint64 { return loopSequential(n, again) }, exact: true}, nil
		}),
		ready(func() work { return work{loop: fullBitset(ids16M).loopNext, exact: true} }),
		ready(func() work { return work{loop: fullRoaring(ids16M).loopNext, exact: true} }),
	}}
}

func iterSet() row {
	return row{name: "next, sequential, set only (bitmap.IterSet)", seed: "< 50", goal: "≤ 3", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			b.SetRange(0, ids16M)
			return work{loop: func(n int) uint64 { return loopIterSet(b, n, ids16M) }, exact: true}
		}),
	}}
}

func registryHit() row {
	prefixes := make([]string, 1000)
	for i := range prefixes {
		prefixes[i] = fmt.Sprintf("tenant-%04d:vec:", i)
	}
	// Creation and lookup in different orders, or the caches would know.
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(prefixes))
	lookups := make([]string, len(prefixes))
	for i, k := range order {
		lookups[i] = prefixes[k]
	}
	return row{name: "registry hit, 1,000 prefixes", seed: "< 50", cells: [cellCount]*subject{
		ours: measured(func() (work, error) {
			r, err := tracker.NewRegistry(tracker.Config{MaxID: ids16M}, nil)
			if err != nil {
				return work{}, err
			}
			for _, p := range prefixes {
				if _, err := r.GetOrCreate(p); err != nil {
					return work{}, err
				}
			}
			return work{loop: func(n int) uint64 { return loopGetOrCreate(r, n, lookups) }, exact: true}, nil
		}),
		inSyncMap: measured(func() (work, error) {
			m := new(sync.Map)
			for _, p := range prefixes {
				t, err := tracker.New(p, tracker.Config{MaxID: ids16M})
				if err != nil {
					return work{}, err
				}
				m.Store(p, t)
			}
			return work{loop: func(n int) uint64 { return loopMapPrefix(m, n, lookups) }, exact: true}, nil
		}),
	}}
}

func setRange() row {
	const size = 1 << 12
	return row{name: "set range, per ID", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			return work{loop: func(n int) uint64 { return loopSetRange(b, n, size) },
				reset: func() { b.Reset() }, room: ids16M / size, units: size, exact: true}
		}),
		ready(func() work {
			b := newBitset(ids16M)
			return work{loop: func(n int) uint64 { return b.loopSetRange(n, size) },
				reset: b.reset, room: ids16M / size, units: size, exact: true}
		}),
		ready(func() work {
			r := newRoaring()
			return work{loop: func(n int) uint64 { return r.loopSetRange(n, size) },
				reset: r.reset, room: ids16M / size, units: size, exact: true}
		}),
	}}
}

func countRange() row {
	const units = ids16M / 64
	return row{name: "count range, per 64 IDs", cells: [cellCount]*subject{
		ready(func() work {
			b := half(ids16M)
			return work{loop: func(n int) uint64 { return loopCountRange(b, n, ids16M) }, units: units}
		}),
		ready(func() work {
			b := halfBitset(ids16M)
			return work{loop: func(n int) uint64 { return b.loopCountRange(n, ids16M) }, units: units}
		}),
		ready(func() work {
			r := halfRoaring(ids16M)
			return work{loop: func(n int) uint64 { return r.loopCountRange(n, ids16M) }, units: units}
		}),
	}}
}
