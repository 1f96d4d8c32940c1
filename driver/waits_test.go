package driver

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestScript_WhatIsSentAgain after its connection was lost: what is settled, and what does no harm. A sample that misses then
// is a miss.
func TestScript_WhatIsSentAgain(t *testing.T) {
	for command, want := range map[string]struct {
		way     workload.Way
		again   bool
		outcome load.Outcome // of a second reply that says that nothing was there
	}{
		"SET {key} {value} NX": {workload.Claim, true, load.Done},
		"DEL {key}":            {workload.Take, true, load.Hit},
		"GET {key}":            {workload.Sample, true, load.Miss},
		"HGET {key} f":         {workload.Cursor, true, load.Miss},
		"INCR {key}":           {workload.Sample, false, 0},
		"SOMETHING {key}":      {workload.Sample, false, 0},
	} {
		ids := &listed{ids: [classes][]uint64{upTo(10)}, size: 10}
		s := scriptsOf(t, 1, 0, []workload.Op{opOf(t, command, 1, workload.Choice{Way: want.way, Hit: 1})}, []feed{ids})[0]
		reqs := make([]load.Request, 1)
		s.Fill(nil, reqs)
		if again := s.Lost(&reqs[0]); again != want.again {
			t.Errorf("%s is sent again: %v", command, again)
		} else if again {
			nothing := load.Reply{Kind: '$', Null: true}
			if command == "DEL {key}" {
				nothing = load.Reply{Kind: ':'}
			}
			if got, _ := s.Reply(&reqs[0], &nothing); got != want.outcome {
				t.Errorf("%s: %v", command, got)
			}
		}
	}
}

// flow is a feed of IDs that come from what another one has done.
type flow struct {
	*listed
	to *flow
}

func (f *flow) take(class int) (*batch, load.State) {
	if len(f.ids[class]) == 0 {
		return nil, load.Later
	}
	return f.listed.take(class)
}

func (f *flow) settle(b *batch) {
	f.listed.settle(b)
	f.to.ids[0] = append(f.to.ids[0], f.done...)
	f.done = nil
}

// TestScript_WhatWaitsForTheOtherWay goes on, whichever way has all IDs at the beginning, and whichever share is larger. What there
// cannot be for want of IDs is no reason to stand still.
func TestScript_WhatWaitsForTheOtherWay(t *testing.T) {
	for _, claims := range []uint64{10, 20, 5} {
		for full := range 2 {
			ops := []workload.Op{
				opOf(t, "SET {key} {value}", claims, workload.Choice{Way: workload.Claim}),
				opOf(t, "DEL {key}", 10, workload.Choice{Way: workload.Take}),
				opOf(t, "GET {key}", 20, workload.Choice{Way: workload.Sample, Hit: 1}),
			}
			a, b := &flow{listed: &listed{size: 500}}, &flow{listed: &listed{size: 500}}
			a.to, b.to = b, a
			[]*flow{a, b}[full].ids[0] = upTo(300)
			s := scriptsOf(t, 1, 0, ops, []feed{a, b, endlessly{&listed{ids: [classes][]uint64{upTo(50)}, size: 50}}})[0]
			s.mixed = true
			var sent [3]int
			reqs := make([]load.Request, 16)
			for turns := 0; sent[0] < 2000 || sent[1] < 2000; turns++ {
				if turns > 10*mostVain*2000/16 {
					t.Fatalf("claims %d, full %d: it stands still after %v", claims, full, sent)
				}
				_, n, _ := s.Fill(nil, reqs)
				for i := range reqs[:n] {
					sent[reqs[i].Kind]++
					s.Reply(&reqs[i], &load.Reply{Kind: ':', Integer: 1})
				}
			}
		}
	}
}

// full is a feed of a prefix without a free ID.
type full struct{ endlessly }

func (f full) take(class int) (*batch, load.State) {
	if class == 1 {
		return nil, load.Later
	}
	return f.endlessly.take(class)
}

// TestScript_WhatIsNotThereIsNoSlack: samples that are to miss where no ID is free were not cut off at the end.
func TestScript_WhatIsNotThereIsNoSlack(t *testing.T) {
	ids := full{endlessly{&listed{ids: [classes][]uint64{upTo(50)}, size: 50}}}
	s := scriptsOf(t, 1, 0, []workload.Op{opOf(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: .9})}, []feed{ids})[0]
	reqs := make([]load.Request, 16)
	for sent := 0; sent < 5000; {
		_, n, _ := s.Fill(nil, reqs)
		for i := range reqs[:n] {
			s.Reply(&reqs[i], &load.Reply{Kind: '$', Text: []byte("x")})
		}
		sent += n
	}
	if s.owed < 500 || s.cut() > 2 {
		t.Errorf("owed %d, cut %d", s.owed, s.cut())
	}
}
