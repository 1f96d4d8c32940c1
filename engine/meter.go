package engine

import (
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// meter times the commands of one connection with few looks at the clock,
// which costs as much as a short command does. Within a batch one command
// begins when the one before it ends, and quick commands of one kind in a row,
// up to groupSize of them, are timed together: their calls and time are exact,
// and each is taken to have had an equal share of it. Where the slow log is to
// have every command, each is timed alone.
type meter struct {
	running bool
	alone   bool
	began   time.Duration // of the group
	group   *Command      // nil when nothing is to be timed
	n       uint64
}

const groupSize = 16

// begin notes that c is about to be executed.
func (s *Session) begin(c *Command) {
	m := &s.meter
	switch {
	case !m.running:
		m.running, m.began, m.alone = true, s.engine.now(), s.engine.slowLog.Threshold() == 0
	case m.group != nil && m.group != c:
		s.lap()
	}
}

// finish notes that c has been executed.
func (s *Session) finish(c *Command, words [][]byte) {
	m := &s.meter
	if m.group != nil && m.group != c {
		s.lap() // commands of EXEC, whose own time begins here
	}
	m.group = c
	m.n++
	switch {
	case m.alone || !c.quick(len(words)):
		s.engine.late(s, c, words, s.lap())
	case m.n == groupSize:
		s.lap()
	}
}

// lap ends the group and returns what it took.
func (s *Session) lap() time.Duration {
	m := &s.meter
	now := s.engine.now()
	d := now - m.began
	m.group.numbers.Observe(m.n, uint64(d))
	if d > resp.NotedTurn {
		s.Held(m.group.Lower, d)
	}
	m.began, m.group, m.n = now, nil, 0
	s.Spent(d)
	return d
}

func (s *Session) endMeter() {
	if s.meter.group != nil {
		s.lap()
	}
	s.meter.running = false
}

// late notes a command that took d where somebody wants to know.
func (e *Engine) late(s *Session, c *Command, words [][]byte, d time.Duration) {
	if limit := e.slowLog.Threshold(); limit >= 0 && d >= limit {
		addr, _ := s.Names()
		e.slowLog.add(c.redacted(words), d, addr, s.Profile().Name)
	}
	if limit := e.latency.Threshold(); limit > 0 && d >= limit {
		event := "command"
		if c.fast {
			event = "fast-command"
		}
		e.latency.add(event, d)
	}
}
