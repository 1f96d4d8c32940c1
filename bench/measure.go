package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// meter times subjects.
type meter struct {
	rounds   int
	length   time.Duration // of one subject in one round, about
	progress io.Writer
}

// measure fills in the samples of all subjects of g. Between rounds the garbage
// is collected; within them the collector rests, which favours the rivals that
// allocate and keeps its work out of everybody's figures.
func (m meter) measure(g *group) error {
	subjects := g.subjects()
	for i, s := range subjects {
		m.say("%s: preparing %d of %d", g.name, i+1, len(subjects))
		if err := m.prepare(s); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for round := range m.rounds {
		runtime.GC()
		for i, s := range subjects {
			m.say("%s: round %d of %d, subject %d of %d", g.name, round+1, m.rounds, i+1, len(subjects))
			took, err := s.work.time(s.n)
			if err != nil {
				return fmt.Errorf("%s: %w", g.name, err)
			}
			perUnit := float64(took) / float64(s.n) / float64(s.work.unitsPerOp())
			s.samples = append(s.samples, perUnit)
		}
	}
	for _, s := range subjects {
		s.work = work{} // the next group needs the memory
	}
	m.say("")
	return nil
}

func (m meter) say(format string, args ...any) {
	// Progress is a courtesy: a terminal that went away is no failure.
	_, _ = fmt.Fprintf(m.progress, "\r\x1b[K"+format, args...)
}

// prepare makes the state of s and finds out how many operations fill a round.
// That also warms up caches and pages.
func (m meter) prepare(s *subject) (err error) {
	if s.work, err = s.setup(); err != nil {
		return err
	}
	for s.n = 1; ; {
		took, err := s.work.time(s.n)
		if err != nil {
			return err
		}
		if took >= m.length/4 {
			s.n = max(1, int(float64(s.n)*float64(m.length)/float64(took)))
			return nil
		}
		// Towards the goal, but by steps: the first operations are the slowest.
		aim := float64(s.n) * float64(m.length) / float64(max(took, 1))
		s.n = max(s.n+1, int(min(aim, float64(s.n)*100)))
	}
}

// time runs n operations, in portions as large as there is room for.
func (w *work) time(n int) (time.Duration, error) {
	var took time.Duration
	for n > 0 {
		part := n
		if w.room > 0 {
			part = min(n, w.room)
		}
		if w.reset != nil {
			w.reset()
		}
		start := time.Now()
		done := w.loop(part)
		took += time.Since(start)
		if want := uint64(part) * uint64(w.unitsPerOp()); w.exact && done != want {
			return 0, fmt.Errorf("%d operations did %d instead of %d", part, done, want)
		}
		n -= part
	}
	return took, nil
}

// together runs loop in two goroutines at once, half of n in each.
func together(n int, loop func(n int) uint64) uint64 {
	other := make(chan uint64)
	go func() { other <- loop(n / 2) }()
	return loop(n-n/2) + <-other
}

type spread struct{ min, median, max float64 }

func (s *subject) spread() spread {
	v := slices.Sorted(slices.Values(s.samples))
	k := len(v)
	return spread{v[0], (v[(k-1)/2] + v[k/2]) / 2, v[k-1]}
}
