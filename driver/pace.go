package driver

import "time"

const (
	batchTime  = 100 * time.Millisecond // what a worker uses of a batch
	shortTime  = 10 * time.Millisecond  // of one whose IDs may be no more what they were when they were drawn
	batchLeast = 16
	batchFirst = 64
)

// pace is how large batches are, and how many are ready, by how fast they are used.
type pace struct {
	span  time.Duration // batchTime or shortTime
	size  int
	full  bool    // the last batch had as many as were asked for
	rate  float64 // IDs a second
	at    time.Time
	taken uint64
}

// measure notes how many IDs were taken and not given back, and whether a worker has found none.
func (p *pace) measure(now time.Time, taken uint64, short bool, workers int) {
	if p.size == 0 {
		p.size, p.at = batchFirst, now
	}
	if short = short && p.full; short { // else more are not to be had
		p.size = min(2*p.size, batchMost)
	}
	passed := now.Sub(p.at)
	if passed < batchTime {
		return
	}
	p.rate = max(float64(int64(taken-p.taken)), 0) / passed.Seconds() // many may have come back unused
	p.at, p.taken = now, taken
	switch wanted := p.rate * p.span.Seconds() / float64(workers); {
	case wanted > float64(p.size):
		p.size = min(2*p.size, batchMost)
	case wanted < float64(p.size)/4 && !short:
		p.size = max(p.size/2, batchLeast)
	}
}

// ahead is how many batches are ready.
func (p *pace) ahead(workers int) int {
	return workers + 1 + min(int(p.rate*aheadTime.Seconds())/p.size, aheadMost)
}
