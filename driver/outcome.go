package driver

import (
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// What may be wrong with a reply that is no error.
const (
	faultMiss  = "unexpected miss" // the ID exists
	faultHit   = "unexpected hit"  // it does not
	faultThere = "was there already"
	faultValue = "wrong value" // it is not what was written
)

// Reply says what a reply is, and notes for the tracker what has become of the ID.
func (s *script) Reply(r *load.Request, reply *load.Reply) (load.Outcome, string) {
	o := &s.ops[r.Kind]
	outcome, why := s.judge(o, r, reply)
	// A pass has come to an ID also when the store refuses what it is to do with it: again it would refuse it again.
	s.answered(r, outcome == load.Failed && o.Choose.Way != workload.Cursor)
	return outcome, why
}

func (s *script) judge(o *operation, r *load.Request, reply *load.Reply) (load.Outcome, string) {
	if reply.Kind == '-' {
		return load.Failed, ""
	}
	missed := reply.Empty() || reply.Kind == ':' && o.Command.Missed(reply.Integer)
	claim := o.Choose.Way == workload.Claim
	switch {
	case missed && r.Mark&markAgain != 0:
		// It was not there, or there, since the first time that this was sent.
		if claim {
			return load.Done, ""
		}
		return load.Hit, ""
	case missed && claim:
		return load.Miss, faultThere
	case missed && r.Mark&markClass == 0:
		return load.Miss, faultMiss
	case missed:
		return load.Miss, ""
	case claim, reply.Kind == '+', reply.Kind == ':' && !o.Command.Counts():
		return load.Done, ""
	case r.Mark&markClass != 0:
		return load.Hit, faultHit
	case s.verify && reply.Kind == '$' && o.Command.ReadsValue():
		o.verified++
		if int64(len(reply.Text)) != reply.Length || !o.writer.IsValue(reply.Text, r.ID) { // what is too long is not kept
			return load.Wrong, faultValue
		}
	}
	return load.Hit, ""
}
