//go:build linux

package main

import (
	"fmt"
	"slices"
	"strconv"
)

// key is the prefix of the IDs here and the key of the bitmap, set or counter
// there.
const key = "bench:"

// loadRows lists the rows, in the order of the table.
func loadRows() []*row {
	return slices.Concat(singles(), handOuts(), batches(), tails())
}

// singles are commands with one random ID. Adding begins with an empty server
// on both sides, asking with the same half of the IDs.
func singles() []*row {
	var rows []*row
	for _, at := range []struct {
		pipeline        int
		throughput, cpu goal
	}{
		{1, atLeast(1.0), atMost(0.95)},
		{16, atLeast(1.0), atMost(0.85)},
		{128, atLeast(1.7), atMost(0.45)},
	} {
		rows = append(rows, &row{
			work: fmt.Sprintf("PT.ADD random ID, pipeline %d", at.pipeline), against: "SETBIT",
			ours:       side{command: []string{"PT.ADD", key, randomID}, reply: integerReply, pipeline: at.pipeline},
			theirs:     side{command: []string{"SETBIT", key, randomID, "1"}, reply: integerReply, pipeline: at.pipeline},
			throughput: at.throughput, cpu: at.cpu,
		}, &row{
			work: fmt.Sprintf("PT.EXISTS random ID, pipeline %d", at.pipeline), against: "GETBIT",
			ours:       side{command: []string{"PT.EXISTS", key, randomID}, reply: integerReply, pipeline: at.pipeline, prepare: halfOfIDs},
			theirs:     side{command: []string{"GETBIT", key, randomID}, reply: integerReply, pipeline: at.pipeline, prepare: halfOfBits},
			throughput: at.throughput, cpu: at.cpu,
		})
	}
	return rows
}

const (
	ids1M = 1_000_000
	ids1G = 1_000_000_000
)

func handOuts() []*row {
	claim := func(pipeline int, taken uint64) side {
		s := side{command: []string{"PT.CLAIMNEXT", key}, reply: integerReply, pipeline: pipeline,
			check: counted(taken, 1, "PT.COUNT", key)}
		if taken > 0 {
			s.prepare = firstIDs(taken)
		}
		return s
	}
	const full1M, full1G = ids1M / 1000 * 999, ids1G / 1000 * 999
	lua := side{command: []string{"EVALSHA", digest(nextFree), "1", key}, reply: integerReply, pipeline: 16,
		prepare: script(nextFree), check: counted(0, 1, "BITCOUNT", key)}
	cursor := side{command: []string{"EVALSHA", digest(nextFreeFromCursor), "2", key, "cursor"}, reply: integerReply, pipeline: 16,
		prepare: script(nextFreeFromCursor), check: counted(0, 1, "BITCOUNT", key)}
	// One call takes milliseconds and keeps the server busy. More of them in
	// the queue would not be faster, only arrive hundreds at a time.
	full := lua
	full.pipeline, full.connections = 1, 4
	full.prepare = both(script(nextFree), firstBits(full1G))
	full.check = counted(full1G, 1, "BITCOUNT", key)

	return []*row{
		{
			work: "PT.CLAIMNEXT, pipeline 16", against: "Lua BITPOS+SETBIT",
			ours: claim(16, 0), theirs: lua, throughput: atLeast(5),
			note: "The bitmap begins empty and BITPOS from its start, so the script slows down as IDs are handed out.",
		}, {
			work: "PT.CLAIMNEXT, pipeline 16", against: "Lua with a cursor key",
			ours: claim(16, 0), theirs: cursor,
			note: "A script that remembers where it was does not slow down, but never finds an ID freed below; no goal.",
		}, {
			work: "PT.CLAIMNEXT, pipeline 128", against: "INCR",
			ours: claim(128, 0), throughput: atLeast(1.2), cpu: atMost(0.6),
			theirs: side{command: []string{"INCR", key}, reply: integerReply, pipeline: 128, check: counted(0, 1, "GET", key)},
		}, {
			work: "PT.CLAIMNEXT, 1 G IDs 99.9 % full, pipeline 16", against: "Lua BITPOS+SETBIT",
			ours: claim(16, full1G), theirs: full, throughput: atLeast(5000),
			note: "The first 999 M of 1 G IDs are taken, nothing behind them. The script has 4 connections and pipeline 1: " +
				"it keeps its server busy, and a longer queue would only make replies come in bursts.",
		}, {
			work: "PT.CLAIMNEXT, 1 G IDs 99.9 % full, pipeline 16", against: "1 M IDs", itself: true,
			ours: claim(16, full1G), theirs: claim(16, full1M), throughput: atLeast(1 / 1.5), cpu: atMost(1.5),
			note: "The goal is to be within 1.5x. Both go on into the free space behind their first IDs.",
		},
	}
}

func batches() []*row {
	const ids = 1000
	many := slices.Repeat([]string{randomID}, ids)
	return []*row{
		{
			work: "PT.CLAIMNEXT COUNT 1000 RUNS, pipeline 16", ids: ids, idsPerSecond: atLeast(50e6),
			ours: side{command: []string{"PT.CLAIMNEXT", key, "COUNT", strconv.Itoa(ids), "RUNS"}, reply: arrayReply, pipeline: 16,
				check: counted(0, ids, "PT.COUNT", key)},
		}, {
			work: "PT.ADD with 1,000 random IDs, pipeline 1", against: "SADD with 1,000 members", ids: ids, throughput: atLeast(5),
			ours:   side{command: slices.Concat([]string{"PT.ADD", key}, many), reply: integerReply, pipeline: 1},
			theirs: side{command: slices.Concat([]string{"SADD", key}, many), reply: integerReply, pipeline: 1},
			note:   "Both begin empty; new members become rarer as the space of 9 M fills up.",
		},
	}
}

func tails() []*row {
	return []*row{{
		work: "PT.ADD random ID at half of the peak rate, pipeline 1", against: "SETBIT", halfPeak: true, tail: atMost(1.0),
		ours:   side{command: []string{"PT.ADD", key, randomID}, reply: integerReply, pipeline: 1},
		theirs: side{command: []string{"SETBIT", key, randomID, "1"}, reply: integerReply, pipeline: 1},
	}}
}
