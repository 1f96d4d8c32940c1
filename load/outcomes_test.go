package load

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// Each kind of request has its figures, each way to go wrong is counted, and the first is told.
func TestLoad_OutcomesAndFaults(t *testing.T) {
	server := redistest.Start(t)
	server.Do(t, "MSET", "k0", "v0", "k3", "v3")
	server.Do(t, "LPUSH", "k2", "x")
	const rounds = 100
	l := begin(t, server.Addr, Config{Clients: 3, Threads: 1, Pipeline: 7, Bodies: true}, func() *teller {
		return &teller{
			most:    4 * rounds, // a value, nothing, a list, another's value
			command: func(id uint64) []string { return []string{"GET", fmt.Sprint("k", id%4)} },
			judge: func(r *Request, reply *Reply) (Outcome, string) {
				switch {
				case reply.Null && r.ID%8 == 1:
					return Miss, "unexpected miss"
				case reply.Null:
					return Miss, ""
				case string(reply.Text) != "v0":
					return Wrong, "another's value"
				}
				return Hit, ""
			},
		}
	})
	s := l.all(t)
	k := &s.Kinds[0]
	if k.Outcomes != [outcomes]uint64{Hit: rounds, Miss: rounds, Failed: rounds, Wrong: rounds} {
		t.Errorf("%v", k.Outcomes)
	}
	for what, want := range map[string]Fault{
		"unexpected miss": {rounds / 2, "GET k1"},
		"another's value": {rounds, "GET k3"},
		"WRONGTYPE":       {rounds, "GET k2: WRONGTYPE Operation against a key holding the wrong kind of value"},
	} {
		if f := k.Faults[what]; f == nil || *f != want {
			t.Errorf("%s: %v, want %v", what, f, want)
		}
	}
	if len(k.Faults) != 3 {
		t.Errorf("%v", k.Faults)
	}
}

// A server cannot fill the memory with new errors.
func TestLoad_FaultsAreBounded(t *testing.T) {
	server := redistest.Start(t)
	const many = 1000
	l := begin(t, server.Addr, Config{Clients: 1, Threads: 1, Pipeline: 10}, func() *teller {
		return &teller{most: many, command: func(id uint64) []string {
			return []string{"EVAL", fmt.Sprintf("return redis.error_reply('E%d x')", id%500), "0"}
		}}
	})
	s := l.all(t)
	all := uint64(0)
	for _, f := range s.Kinds[0].Faults {
		all += f.Count
	}
	if n := len(s.Kinds[0].Faults); n > mostFaults+1 || all != many || s.Kinds[0].Outcomes[Failed] != many {
		t.Errorf("%d kinds of %d faults", n, all)
	}
}

// Nor can it over time: figures of one time after the other are as bounded, and none is lost.
func TestFigures_MergedFaultsAreBounded(t *testing.T) {
	all := NewFigures()
	const times = 100
	for i := range times {
		f := NewFigures()
		for k := range mostFaults {
			f.Faults[fmt.Sprint("E", i, k)] = &Fault{Count: 1}
		}
		f.Faults[FaultLost] = &Fault{Count: 1}
		all.Merge(&f)
	}
	sum := uint64(0)
	for _, f := range all.Faults {
		sum += f.Count
	}
	if n := len(all.Faults); n > mostFaults+2 || sum != times*(mostFaults+1) || all.Faults[FaultLost].Count != times {
		t.Errorf("%d kinds of %d faults, %v", n, sum, all.Faults[FaultLost])
	}
}

// What a server says of an error has an end, however long it is.
func TestLoad_LongErrors(t *testing.T) {
	server := redistest.Start(t)
	l := begin(t, server.Addr, Config{Clients: 1, Threads: 1, Pipeline: 1}, func() *teller {
		return &teller{most: 2, command: func(id uint64) []string {
			return []string{"EVAL", "return redis.error_reply(string.rep('E', 1000) .. string.rep(' x', 20000))", "0"}
		}}
	})
	s := l.all(t)
	for what, f := range s.Kinds[0].Faults {
		if len(what) > longestName+3 || len(f.First) > longestFault+200 || f.Count != 2 {
			t.Errorf("%d bytes of %d: %d times", len(f.First), len(what), f.Count)
		}
	}
}

// A request that was refused until the end has no reply, and it is told why.
func TestLoad_WhyThereIsNoReply(t *testing.T) {
	addr := speaking(t, "-LOADING the data\r\n")
	l := begin(t, addr, Config{Clients: 1, Threads: 1, Pipeline: 1, Patience: time.Minute}, func() *teller { return &teller{command: words("INCR", "n")} })
	var sent uint64
	redistest.Eventually(t, "the request is sent again", func() bool {
		s := l.Take()
		sent += s.Sent
		return sent > 1
	})
	if err := l.Stop(ended()); err != nil {
		t.Error(err)
	}
	s := l.Take()
	if f := s.Kinds[0].Faults[FaultLost]; f == nil || f.Count != 1 || f.First != "INCR n: LOADING the data" {
		t.Errorf("%v", f)
	}
}

// Clients with nothing to send are told of, and send as soon as there is something.
func TestLoad_Starved(t *testing.T) {
	server := redistest.Start(t)
	for _, rate := range []float64{0, 100_000} {
		var hold atomic.Bool
		hold.Store(true)
		const clients, most = 3, 1000
		began := time.Now()
		l := begin(t, server.Addr, Config{Clients: clients, Threads: 1, Pipeline: 2, Rate: rate}, func() *teller {
			return &teller{command: words("INCR", "n"), hold: &hold, most: most}
		})
		var all Stats
		redistest.Eventually(t, "time without requests", func() bool {
			s := l.Take()
			all.Merge(&s)
			return all.Starved > 100*time.Millisecond
		})
		if took := time.Since(began); all.Starved > clients*took || all.Sent > 0 {
			t.Errorf("rate %v: starved %v in %v, %d sent", rate, all.Starved, took, all.Sent)
		}
		if asked, took := l.scripts[0].asked.Load(), time.Since(began); asked > 100+uint64(took/soon)*2 {
			t.Errorf("rate %v: asked %d times in %v", rate, asked, took)
		}
		hold.Store(false)
		s := l.all(t)
		if s.Sent != most || s.Kinds[0].Outcomes[Done] != most {
			t.Errorf("rate %v: %d sent", rate, s.Sent)
		}
	}
}

func TestReply_Empty(t *testing.T) {
	for text, want := range map[string]bool{
		"$-1\r\n": true, "*-1\r\n": true, "*0\r\n": true, "*1\r\n$-1\r\n": true, "*2\r\n$-1\r\n*-1\r\n": true,
		"$0\r\n\r\n": false, ":0\r\n": false, "*1\r\n$0\r\n\r\n": false, "*2\r\n$-1\r\n:1\r\n": false, "+\r\n": false,
	} {
		var c replies
		if _, whole, err := c.next([]byte(text)); err != nil || !whole || c.reply.Empty() != want {
			t.Errorf("%s: %v, whole %v, %v", strings.TrimSpace(text), c.reply.Empty(), whole, err)
		}
	}
}
