package main

import (
	"sync"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// The third rival: sync.Map with IDs as keys and nothing as values.

// fillMap puts the IDs of [from, to) into m.
func fillMap(m *sync.Map, from, to uint64) {
	for id := from; id < to; id++ {
		m.Store(id, struct{}{})
	}
}

// halfMap has every other 32 of the IDs below ids.
func halfMap(ids uint64) *sync.Map {
	m := new(sync.Map)
	for id := uint64(0); id < ids; id += 64 {
		fillMap(m, id, id+32)
	}
	return m
}

func fullMap(ids uint64) *sync.Map {
	m := new(sync.Map)
	fillMap(m, 0, ids)
	return m
}

func loopMapTestRandom(m *sync.Map, n int, mask uint64) uint64 {
	x := xorshift(1)
	var hits uint64
	for range n {
		_, ok := m.Load(x.next() & mask)
		hits += one(ok)
	}
	return hits
}

func loopMapTest(m *sync.Map, n int, mask uint64) uint64 {
	var id, hits uint64
	for range n {
		_, ok := m.Load(id & mask)
		hits += one(ok)
		id++
	}
	return hits
}

func loopMapSet(m *sync.Map, n int, mask uint64) uint64 {
	var id uint64
	for range n {
		m.Store(id&mask, struct{}{})
		id++
	}
	return id
}

func loopMapTestAndSet(m *sync.Map, n int) uint64 {
	var id, done uint64
	for range n {
		_, had := m.LoadOrStore(id, struct{}{})
		done += one(!had)
		id++
	}
	return done
}

func loopMapClear(m *sync.Map, n int) uint64 {
	var id, done uint64
	for range n {
		_, had := m.LoadAndDelete(id)
		done += one(had)
		id++
	}
	return done
}

// loopMapPrefix looks up prefixes in turn.
func loopMapPrefix(m *sync.Map, n int, prefixes []string) uint64 {
	var done uint64
	at := 0
	for range n {
		v, _ := m.Load(prefixes[at])
		t, ok := v.(*tracker.Tracker)
		done += one(ok && t != nil)
		if at++; at == len(prefixes) {
			at = 0
		}
	}
	return done
}
