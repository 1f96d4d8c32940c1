package main

import "sync"

const (
	ids4K  = 1 << 12
	ids16M = 1 << 24
	ids1G  = 1 << 30
	// idsMap is the size of a sync.Map that has to be filled or emptied each
	// round: 16 M entries would take longer than everything else together.
	idsMap = 1 << 18
)

// single is the group of operations on one ID.
func single(quick bool) group {
	test16M := testRandom("test, 16 M IDs, random", ids16M)
	if quick {
		test16M.cells[inSyncMap] = nil // 8 M entries take seconds to store
	}
	test1G := testRandom("test, 1 G IDs, random", ids1G)
	test1G.goal = ""
	test1G.cells[inBitset], test1G.cells[inRoaring], test1G.cells[inSyncMap] = nil, nil, nil
	generator := ready(func() work {
		return work{loop: func(n int) uint64 { return loopRandom(n, ids16M-1) }}
	})
	return group{
		name: "Single IDs, one goroutine",
		notes: []string{"Random rows include the generator. Sets of half the IDs are tested; sequential rows run over 16 M IDs " +
			"in secured memory, in sync.Map over 256 K where it must be filled or emptied."},
		rows: []row{
			{name: "the bare random generator", cells: [cellCount]*subject{generator}},
			testRandom("test, 4 K IDs, random", ids4K), test16M, test1G, testSequential(),
			setNew(), setPresent(), testAndSet(), clearPresent(), count(),
		},
	}
}

func testRandom(name string, ids uint64) row {
	return row{name: name, seed: "< 10", goal: "≤ 2", cells: [cellCount]*subject{
		ready(func() work {
			b := half(ids)
			return work{loop: func(n int) uint64 { return loopTestRandom(b, n, ids-1) }}
		}),
		ready(func() work {
			b := halfBitset(ids)
			return work{loop: func(n int) uint64 { return b.loopTestRandom(n, ids-1) }}
		}),
		ready(func() work {
			r := halfRoaring(ids)
			return work{loop: func(n int) uint64 { return r.loopTestRandom(n, ids-1) }}
		}),
		ready(func() work {
			m := halfMap(ids)
			return work{loop: func(n int) uint64 { return loopMapTestRandom(m, n, ids-1) }}
		}),
	}}
}

func testSequential() row {
	return row{name: "test, sequential", seed: "< 10", goal: "≤ 2", cells: [cellCount]*subject{
		ready(func() work {
			b := half(ids16M)
			return work{loop: func(n int) uint64 { return loopTest(b, n, ids16M-1) }}
		}),
		ready(func() work {
			b := halfBitset(ids16M)
			return work{loop: func(n int) uint64 { return b.loopTest(n, ids16M-1) }}
		}),
		ready(func() work {
			r := halfRoaring(ids16M)
			return work{loop: func(n int) uint64 { return r.loopTest(n, ids16M-1) }}
		}),
		ready(func() work {
			m := halfMap(idsMap)
			return work{loop: func(n int) uint64 { return loopMapTest(m, n, idsMap-1) }}
		}),
	}}
}

func setNew() row {
	return row{name: "set of a new ID", seed: "< 20", goal: "≤ 14", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			return work{loop: func(n int) uint64 { return loopSetNew(b, n) },
				reset: func() { b.Reset() }, room: ids16M, exact: true}
		}),
		ready(func() work {
			b := newBitset(ids16M)
			return work{loop: func(n int) uint64 { return b.loopSet(n, ids16M-1) }, reset: b.reset, room: ids16M, exact: true}
		}),
		ready(func() work {
			r := newRoaring()
			return work{loop: func(n int) uint64 { return r.loopSet(n, ids16M-1) }, reset: r.reset, room: ids16M, exact: true}
		}),
		ready(func() work {
			m := new(sync.Map)
			return work{loop: func(n int) uint64 { return loopMapSet(m, n, idsMap-1) }, reset: m.Clear, room: idsMap, exact: true}
		}),
	}}
}

func setPresent() row {
	return row{name: "set of a present ID", seed: "< 20", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			b.SetRange(0, ids16M)
			return work{loop: func(n int) uint64 { return loopSetPresent(b, n, ids16M-1) }, exact: true}
		}),
		ready(func() work {
			b := fullBitset(ids16M)
			return work{loop: func(n int) uint64 { return b.loopSet(n, ids16M-1) }, exact: true}
		}),
		ready(func() work {
			r := fullRoaring(ids16M)
			return work{loop: func(n int) uint64 { return r.loopSet(n, ids16M-1) }, exact: true}
		}),
		ready(func() work {
			m := fullMap(idsMap)
			return work{loop: func(n int) uint64 { return loopMapSet(m, n, idsMap-1) }, exact: true}
		}),
	}}
}

func testAndSet() row {
	return row{name: "test-and-set of a new ID", seed: "< 30", goal: "≤ 14", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			return work{loop: func(n int) uint64 { return loopTestAndSet(b, n) },
				reset: func() { b.Reset() }, room: ids16M, exact: true}
		}),
		ready(func() work {
			b := newBitset(ids16M)
			return work{loop: b.loopTestAndSet, reset: b.reset, room: ids16M, exact: true}
		}),
		ready(func() work {
			r := newRoaring()
			return work{loop: r.loopTestAndSet, reset: r.reset, room: ids16M, exact: true}
		}),
		ready(func() work {
			m := new(sync.Map)
			return work{loop: func(n int) uint64 { return loopMapTestAndSet(m, n) }, reset: m.Clear, room: idsMap, exact: true}
		}),
	}}
}

func clearPresent() row {
	return row{name: "clear of a present ID", cells: [cellCount]*subject{
		ready(func() work {
			b := secured()
			return work{loop: func(n int) uint64 { return loopClear(b, n) },
				reset: func() { b.SetRange(0, ids16M) }, room: ids16M, exact: true}
		}),
		ready(func() work {
			b := newBitset(ids16M)
			return work{loop: b.loopClear, reset: func() { b.bits.SetAll() }, room: ids16M, exact: true}
		}),
		ready(func() work {
			full, r := fullRoaring(ids16M), newRoaring()
			return work{loop: r.loopClear, reset: func() { r.bits = full.bits.Clone() }, room: ids16M, exact: true}
		}),
		ready(func() work {
			m := new(sync.Map)
			return work{loop: func(n int) uint64 { return loopMapClear(m, n) },
				reset: func() { fillMap(m, 0, idsMap) }, room: idsMap, exact: true}
		}),
	}}
}

func count() row {
	return row{name: "count, 16 M IDs", seed: "< 5", cells: [cellCount]*subject{
		ready(func() work {
			b := half(ids16M)
			return work{loop: func(n int) uint64 { return loopCount(b, n) }}
		}),
		ready(func() work { return work{loop: halfBitset(ids16M).loopCount} }),
		ready(func() work { return work{loop: halfRoaring(ids16M).loopCount} }),
	}}
}
