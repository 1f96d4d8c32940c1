package driver

import (
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

const (
	// behindMost is how late an open loop may be: a request that waits for its turn in a batch is.
	behindMost = 100 * time.Millisecond
	// starvedMost is how much of their time clients may wait for IDs before the figures tell of the tracker.
	starvedMost = 0.02
	// starvedFrom is for how long a phase must last for that: until the first IDs are there they always wait.
	starvedFrom = time.Second
	// shareOff is by how much of its share an operation may miss it: who was stopped had not done all.
	shareOff = 0.01
)

// warnings are what somebody must know to read the figures rightly.
func (p *phase) warnings() (w []string) {
	r := &p.result
	say := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	all := replies(&r.Stats)
	if p.idle {
		say("nothing was done: there was no ID for it")
	}
	if r.Took <= 0 || all == 0 {
		return w
	}
	if r.Rate > 0 && p.slip > behindMost {
		if r.Stats.Behind > behindMost {
			say("the store, or this machine, cannot do the rate: asked %.0f/s, done %.0f/s, at the end %v behind, with %d requests due and not sent",
				r.Rate, float64(all)/r.Took.Seconds(), r.Stats.Behind.Round(tenth), r.Stats.Backlog)
		} else {
			say("for a time the rate could not be held: requests were sent up to %v late; latencies count from when they were due", p.slip.Round(tenth))
		}
	}
	if part := r.Stats.Starved.Seconds() / (float64(r.Clients) * r.Took.Seconds()); part > starvedMost && r.Took >= starvedFrom {
		say("clients waited for IDs in %.0f%% of their time: the tracker is slower than the store, or had none to give", 100*part)
	}
	var weights uint64
	for i := range p.at.Ops {
		weights += p.at.Ops[i].Share
	}
	for i := range p.at.Ops {
		op := &p.at.Ops[i]
		var verified, dropped uint64
		var dry [classes]int
		for _, s := range p.scripts {
			verified += s.ops[i].verified
			dropped += s.ops[i].dropped
			for class := range dry {
				if st := &s.streams[classes*i+class]; st.dry {
					dry[class] += st.owed
				}
			}
		}
		f := &r.Stats.Kinds[i]
		asked, done := float64(op.Share)/float64(weights), float64(f.Replies())/float64(all)
		if len(p.at.Ops) > 1 && asked-done > shareOff*asked && asked-done > float64(mostOwed*len(p.scripts))/float64(all) {
			why := "there were too few IDs for it"
			if dropped > 0 {
				why = "there were no more IDs for it"
			}
			say("%s was %.1f%% of all operations, not %.1f%%: %s", op.Name, 100*done, 100*asked, why)
		}
		for class, n := range dry {
			if n > 0 && op.Choose.Way == workload.Sample {
				say("%s: %d samples that are to %s had no ID", op.Name, n, [classes]string{"hit", "miss"}[class])
			}
		}
		if p.at.Verify && verified == 0 && f.Outcomes[load.Hit] > 0 {
			say("nothing that %s returned could be compared with what was written", op.Name)
		}
	}
	return w
}

const tenth = 100 * time.Millisecond

func (a *Asked) add(b Asked) {
	a.Commands += b.Commands
	a.IDs += b.IDs
	a.Expired += b.Expired
}
