package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// LongestWait is the longest latency that is told apart: a longer one is recorded as it.
const LongestWait = time.Minute

// Stats is what was seen in some time.
type Stats struct {
	Kinds      []Figures
	Sent       uint64        // requests, those sent again among them
	Redirected uint64        // requests that went to another server of a Cluster
	Connected  uint64        // connections that were made again
	Backlog    uint64        // of an open loop at the end of the time: requests that are due and not sent
	Behind     time.Duration // how long the oldest of them is due
	Starved    time.Duration // that clients had no request to send, summed over clients
}

// FaultLost is what a request without a reply counts as, whose connection broke and which is not sent again.
const FaultLost = "connection lost"

// Figures is what was seen of one kind of request.
type Figures struct {
	Latency  *hdrhistogram.Histogram // ns, of all replies
	Outcomes [outcomes]uint64
	Faults   map[string]*Fault // by what is wrong: the first word of an error reply, what [Script.Reply] said, or [FaultLost]
}

// Fault is what went wrong in one way.
type Fault struct {
	Count uint64
	First string // the first of them, for people
}

// NewFigures returns figures of nothing.
func NewFigures() Figures {
	return Figures{Latency: hdrhistogram.New(1, int64(LongestWait), 3), Faults: map[string]*Fault{}}
}

// nameOf is what a fault is counted as: beyond the most that are told apart as other. Those without a reply are counted in
// no other way, so they always are.
func (f *Figures) nameOf(what string) string {
	if f.Faults[what] == nil && what != FaultLost && len(f.Faults) >= mostFaults {
		return "other"
	}
	return what
}

// newStats returns what was seen when nothing was seen.
func newStats(kinds int) *Stats {
	s := &Stats{Kinds: make([]Figures, kinds)}
	for i := range s.Kinds {
		s.Kinds[i] = NewFigures()
	}
	return s
}

// Replies is how many replies there were.
func (f *Figures) Replies() (n uint64) {
	for _, o := range f.Outcomes {
		n += o
	}
	return n
}

// Merge adds what o saw.
func (f *Figures) Merge(o *Figures) {
	f.Latency.Merge(o.Latency)
	for i, n := range o.Outcomes {
		f.Outcomes[i] += n
	}
	for what, fault := range o.Faults {
		what = f.nameOf(what)
		if mine := f.Faults[what]; mine != nil {
			mine.Count += fault.Count
			continue
		}
		copied := *fault
		f.Faults[what] = &copied
	}
}

// Merge adds what was seen in the time behind s. Backlog and Behind become those of o.
func (s *Stats) Merge(o *Stats) {
	for len(s.Kinds) < len(o.Kinds) {
		s.Kinds = append(s.Kinds, NewFigures())
	}
	for i := range o.Kinds {
		s.Kinds[i].Merge(&o.Kinds[i])
	}
	s.Sent += o.Sent
	s.Redirected += o.Redirected
	s.Connected += o.Connected
	s.Starved += o.Starved
	s.Backlog, s.Behind = o.Backlog, o.Behind
}

// beside adds what another worker saw in the same time.
func (s *Stats) beside(o *Stats) {
	backlog, behind := s.Backlog+o.Backlog, max(s.Behind, o.Behind)
	s.Merge(o)
	s.Backlog, s.Behind = backlog, behind
}
