package driver

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// listed is a feed of IDs that are there from the beginning. Now and then it has none at the moment; what comes back
// unused or undone is given again.
type listed struct {
	ids    [classes][]uint64
	class  map[*batch]int // of those that are not settled
	out    [classes]int   // their IDs
	size   int
	random *rand.Rand // nil: it always has some
	done   []uint64
}

func (l *listed) take(class int) (*batch, load.State) {
	switch ids := l.ids[class]; {
	case len(ids) == 0 && l.out[class] == 0:
		return nil, load.Ended
	case len(ids) == 0, l.random != nil && l.random.IntN(3) == 0:
		return nil, load.Later
	default:
		n := min(len(ids), l.size)
		l.ids[class] = ids[n:]
		l.out[class] += n
		b := &batch{ids: ids[:n:n]}
		if l.class == nil {
			l.class = map[*batch]int{}
		}
		l.class[b] = class
		return b, load.More
	}
}

func (l *listed) over() bool { return false }

func (l *listed) settle(b *batch) {
	class := l.class[b]
	delete(l.class, b)
	l.out[class] -= len(b.ids)
	l.ids[class] = b.back(l.ids[class])
	l.done = b.did(l.done)
}

func (l *listed) close(context.Context) error      { return nil }
func (l *listed) told() (Asked, map[string]uint64) { return Asked{}, nil }

// scriptsOf are workers with operations whose commands are these.
func scriptsOf(t testing.TB, workers int, requests uint64, commands []workload.Op, feeds []feed) []*script {
	t.Helper()
	p := &places{all: requests, workers: uint64(workers)}
	sequence := workload.NewSequence(commands, 1)
	values := workload.NewValues(1, workload.Size{Min: 8, Max: 8})
	scripts := make([]*script, workers)
	for i := range scripts {
		ops := make([]operation, len(commands))
		for k := range ops {
			ops[k] = operation{Op: &commands[k], feed: feeds[k], writer: commands[k].Command.NewWriter(workload.Keys{Prefix: "vec:", Width: 12}, values)}
		}
		scripts[i] = newScript(p, sequence, ops)
		scripts[i].endless = requests == 0
	}
	return scripts
}

func opOf(t testing.TB, command string, share uint64, choose workload.Choice) workload.Op {
	t.Helper()
	template, err := workload.ParseTemplate(command)
	if err != nil {
		t.Fatal(err)
	}
	return workload.Op{Name: command, Share: share, Command: template, Choose: choose}
}

func upTo(n uint64) (ids []uint64) {
	for id := range n {
		ids = append(ids, id)
	}
	return ids
}

// TestScript_AllAreDoneOnce whatever comes when: IDs that are not there at the moment, replies in any order, errors,
// connections that break, workers that end while others still wait.
func TestScript_AllAreDoneOnce(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 2))
		const ids = 500
		claims := &listed{ids: [classes][]uint64{upTo(ids)}, size: 1 + random.IntN(100), random: random}
		scripts := scriptsOf(t, 1+random.IntN(4), 0, []workload.Op{opOf(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})}, []feed{claims})
		ok := load.Reply{Kind: '+', Text: []byte("OK")}
		refused := load.Reply{Kind: '-', Text: []byte("OOM")}
		onWay := make([][]load.Request, len(scripts))
		left := slices.Clone(scripts)
		var written []uint64
		turns := 0
		for len(left) > 0 {
			if turns++; turns > 100_000 {
				t.Fatalf("seed %d: it does not end, %d workers do not", seed, len(left))
			}
			i := random.IntN(len(left))
			s := left[i]
			at := slices.Index(scripts, s)
			reqs := make([]load.Request, 1+random.IntN(16))
			_, n, state := s.Fill(nil, reqs)
			onWay[at] = append(onWay[at], reqs[:n]...)
			random.Shuffle(len(onWay[at]), func(a, b int) { onWay[at][a], onWay[at][b] = onWay[at][b], onWay[at][a] })
			keep := random.IntN(len(onWay[at]) + 1)
			if state == load.Ended {
				keep = 0
			}
			for _, r := range onWay[at][keep:] {
				reply := &ok
				if random.IntN(10) == 0 {
					reply = &refused
				}
				if random.IntN(10) == 0 && !s.Lost(&r) {
					t.Fatal("a claim is not sent again")
				}
				s.Reply(&r, reply)
				if reply == &ok {
					written = append(written, r.ID)
				}
			}
			onWay[at] = onWay[at][:keep]
			if state == load.Ended {
				left = slices.Delete(left, i, i+1)
			}
		}
		for _, s := range scripts {
			s.leave()
		}
		slices.Sort(claims.done)
		slices.Sort(written)
		if !slices.Equal(claims.done, upTo(ids)) || !slices.Equal(written, upTo(ids)) {
			t.Fatalf("seed %d: %d IDs were done, of %d", seed, len(claims.done), ids)
		}
	}
}

// TestScript_WhatNobodyKnowsIsUndone: of requests whose reply never comes, and of IDs that were not used, the feed hears
// at the end, each once.
func TestScript_WhatNobodyKnowsIsUndone(t *testing.T) {
	claims := &listed{ids: [classes][]uint64{upTo(200)}, size: 100}
	s := scriptsOf(t, 1, 0, []workload.Op{opOf(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim})}, []feed{claims})[0]
	reqs := make([]load.Request, 100)
	s.Fill(nil, reqs)
	for i := range reqs { // a batch before it, of which all is known
		s.Reply(&reqs[i], &load.Reply{Kind: '+'})
	}
	claims.done = nil
	reqs = reqs[:10]
	if _, n, state := s.Fill(nil, reqs); n != 10 || state != load.More {
		t.Fatalf("%d, %d", n, state)
	}
	for _, i := range []int{7, 2} {
		s.Reply(&reqs[i], &load.Reply{Kind: '+'})
	}
	s.Lost(&reqs[4])
	s.leave()
	slices.Sort(claims.done)
	if !slices.Equal(claims.done, []uint64{102, 107}) || len(claims.ids[0]) != 98 || len(claims.class) != 0 {
		t.Errorf("done %v, given back %d, still out %d", claims.done, len(claims.ids[0]), len(claims.class))
	}
}

// TestScript_MixIsExact over any number of workers, whose operations lack IDs now and then: each place is done.
func TestScript_MixIsExact(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 3))
		const requests = 4_001
		ops := []workload.Op{
			opOf(t, "GET {key}", 80, workload.Choice{Way: workload.Sample, Hit: .9}),
			opOf(t, "SET {key} {value}", 20, workload.Choice{Way: workload.Claim}),
		}
		// Exactly as many as are needed, in batches: what a worker that has ended would keep, another waits for.
		reads := &listed{ids: [classes][]uint64{upTo(2881), upTo(322)}, size: 7, random: random}
		claims := &listed{ids: [classes][]uint64{upTo(802)}, size: 64, random: random}
		scripts := scriptsOf(t, 3, requests, ops, []feed{reads, claims})
		var hits, misses, written uint64
		for turns, ended := 0, 0; ended < len(scripts); turns++ {
			if turns > 100_000 {
				t.Fatalf("seed %d: it does not end", seed)
			}
			ended = 0
			for _, s := range scripts {
				reqs := make([]load.Request, 1+random.IntN(8))
				_, n, state := s.Fill(nil, reqs)
				for i := range reqs[:n] {
					r := &reqs[i]
					switch {
					case r.Kind == 1:
						written++
						s.Reply(r, &load.Reply{Kind: '+'})
					case r.Mark&markClass == 0:
						hits++
						s.Reply(r, &load.Reply{Kind: '$', Length: 8})
					default:
						misses++
						s.Reply(r, &load.Reply{Kind: '$', Null: true})
					}
				}
				if state == load.Ended {
					ended++
				}
			}
		}
		reading := hits + misses
		if reading+written != requests || reading < 3200 || reading > 3201 || hits < 2880 || hits > 2881 {
			t.Fatalf("seed %d: %d hits, %d misses, %d written", seed, hits, misses, written)
		}
		for _, s := range scripts {
			if s.cut() != 0 {
				t.Errorf("seed %d: cut %d", seed, s.cut())
			}
		}
	}
}

// TestScript_SaysWhatReplyIsWhat for each way of choosing IDs.
func TestScript_SaysWhatReplyIsWhat(t *testing.T) {
	value := func(n int64) load.Reply { return load.Reply{Kind: '$', Length: n} }
	null := load.Reply{Kind: '$', Null: true}
	number := func(n int64) load.Reply { return load.Reply{Kind: ':', Integer: n} }
	for _, c := range []struct {
		command string
		way     workload.Way
		miss    bool // the ID does not exist
		again   bool // the connection was lost before
		reply   load.Reply
		outcome load.Outcome
		why     string
	}{
		{"GET {key}", workload.Sample, false, false, value(3), load.Hit, ""},
		{"GET {key}", workload.Sample, false, false, null, load.Miss, faultMiss},
		{"GET {key}", workload.Sample, true, false, null, load.Miss, ""},
		{"GET {key}", workload.Sample, true, false, value(3), load.Hit, faultHit},
		{"GET {key}", workload.Cursor, false, false, null, load.Miss, faultMiss},
		{"GET {key}", workload.Sample, false, false, load.Reply{Kind: '-', Text: []byte("ERR")}, load.Failed, ""},
		{"HGETALL {key}", workload.Sample, false, false, load.Reply{Kind: '*', Length: 2}, load.Hit, ""},
		{"HGETALL {key}", workload.Sample, true, false, load.Reply{Kind: '*'}, load.Miss, ""},
		{"HMGET {key} a b", workload.Sample, true, false, load.Reply{Kind: '*', Length: 2, Nulls: 2}, load.Miss, ""},
		{"SET {key} {value}", workload.Sample, false, false, load.Reply{Kind: '+'}, load.Done, ""},
		{"INCR {key}", workload.Sample, false, false, number(0), load.Done, ""},
		{"EXISTS {key}", workload.Sample, false, false, number(0), load.Miss, faultMiss},
		{"EXISTS {key}", workload.Sample, true, false, number(0), load.Miss, ""},
		{"TTL {key}", workload.Sample, false, false, number(-1), load.Hit, ""},
		{"TTL {key}", workload.Sample, false, false, number(-2), load.Miss, faultMiss},
		{"SET {key} {value}", workload.Claim, false, false, load.Reply{Kind: '+'}, load.Done, ""},
		{"SET {key} {value} NX", workload.Claim, false, false, null, load.Miss, faultThere},
		{"SET {key} {value} NX", workload.Claim, false, true, null, load.Done, ""},
		{"HSET {key} f {value}", workload.Claim, false, false, number(1), load.Done, ""},
		{"HSET {key} f {value}", workload.Claim, false, false, number(0), load.Done, ""},
		{"DEL {key}", workload.Take, false, false, number(1), load.Hit, ""},
		{"DEL {key}", workload.Take, false, false, number(0), load.Miss, faultMiss},
		{"DEL {key}", workload.Take, false, true, number(0), load.Hit, ""},
		{"GETDEL {key}", workload.Take, false, false, null, load.Miss, faultMiss},
	} {
		choose := workload.Choice{Way: c.way, Hit: 1}
		if c.miss {
			choose.Hit = 0
		}
		all := &listed{ids: [classes][]uint64{upTo(1), upTo(1)}, size: 1}
		s := scriptsOf(t, 1, 1, []workload.Op{opOf(t, c.command, 1, choose)}, []feed{all})[0]
		reqs := make([]load.Request, 1)
		if _, n, _ := s.Fill(nil, reqs); n != 1 {
			t.Fatalf("%s: no request", c.command)
		}
		if c.again {
			s.Lost(&reqs[0])
		}
		if o, why := s.Reply(&reqs[0], &c.reply); o != c.outcome || why != c.why {
			t.Errorf("%s %s (miss %v, again %v), %+v: %d %q, want %d %q", c.way, c.command, c.miss, c.again, c.reply, o, why, c.outcome, c.why)
		}
	}
}

// BenchmarkScript is what a request costs beside the load and the feeds.
func BenchmarkScript(b *testing.B) {
	const ids = batchMost
	all := &listed{size: ids}
	for class := range all.ids {
		all.ids[class] = upTo(ids)
	}
	ops := []workload.Op{opOf(b, "GET {key}", 80, workload.Choice{Way: workload.Sample, Hit: .9}), opOf(b, "SET {key} {value:512}", 20, workload.Choice{Way: workload.Sample, Hit: 1})}
	s := scriptsOf(b, 1, 0, ops, []feed{endlessly{all}, endlessly{all}})[0]
	s.endless = false
	reqs := make([]load.Request, 16)
	hit, null, ok := load.Reply{Kind: '$', Length: 8}, load.Reply{Kind: '$', Null: true}, load.Reply{Kind: '+'}
	buffer, n := make([]byte, 0, 1<<16), 0
	b.ReportAllocs()
	for i := 0; i < b.N; i += len(reqs) {
		if buffer, n, _ = s.Fill(buffer[:0], reqs); n != len(reqs) {
			b.Fatal(n)
		}
		for i := range reqs {
			switch {
			case reqs[i].Kind == 1:
				s.Reply(&reqs[i], &ok)
			case reqs[i].Mark&markClass == 0:
				s.Reply(&reqs[i], &hit)
			default:
				s.Reply(&reqs[i], &null)
			}
		}
	}
}

// endlessly gives the same IDs for ever.
type endlessly struct{ *listed }

func (e endlessly) take(class int) (*batch, load.State) {
	return &batch{ids: e.ids[class]}, load.More
}

func (e endlessly) settle(*batch) {}

// TestScript_EndsWithItsIDs: with those of all operations that use them up, or of the first, whatever else could go on.
func TestScript_EndsWithItsIDs(t *testing.T) {
	for _, untilEmpty := range []bool{false, true} {
		few := &listed{ids: [classes][]uint64{upTo(10)}, size: 4}
		more := &listed{ids: [classes][]uint64{upTo(100)}, size: 4}
		always := &listed{ids: [classes][]uint64{upTo(8)}}
		ops := []workload.Op{
			opOf(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}),
			opOf(t, "APPEND {key} {value}", 1, workload.Choice{Way: workload.Cursor}),
			opOf(t, "GET {key}", 2, workload.Choice{Way: workload.Sample, Hit: 1}),
		}
		s := scriptsOf(t, 1, 0, ops, []feed{few, more, endlessly{always}})[0]
		s.untilEmpty = untilEmpty
		state := load.More
		for turns := 0; state != load.Ended; turns++ {
			if turns > 10_000 {
				t.Fatalf("until empty %v: it does not end", untilEmpty)
			}
			reqs := make([]load.Request, 5)
			var n int
			_, n, state = s.Fill(nil, reqs)
			for i := range reqs[:n] {
				s.Reply(&reqs[i], &load.Reply{Kind: '$', Length: 1})
			}
		}
		s.leave()
		if len(few.done) != 10 || !untilEmpty && len(more.done) != 100 || untilEmpty && len(more.done) > 30 {
			t.Errorf("until empty %v: %d and %d", untilEmpty, len(few.done), len(more.done))
		}
		if len(few.class)+len(more.class) > 0 {
			t.Errorf("until empty %v: %d and %d IDs were not given back", untilEmpty, len(few.class), len(more.class))
		}
	}
}
