package resp

import (
	"math"
	"time"
)

// forever is a time that does not come.
const forever = time.Duration(math.MaxInt64)

// later is the time d after t, or forever. Settings may be as long as a Duration
// can be.
func later(t, d time.Duration) time.Duration {
	if t > forever-d {
		return forever
	}
	return t + d
}

// lastWords is how long a client has to take the last reply.
const lastWords = 2 * time.Second

// gatePatience is how long replies wait for a log that cannot be written. The outcome
// of those commands is unknown to their client then, as with any connection that
// breaks.
const gatePatience = 5 * time.Second

// standing is what the patience with a client depends on. Times are by the
// server's clock.
type standing struct {
	active   time.Duration // when something came or went last
	stranger bool          // it has not authenticated, as it must
	since    time.Duration // when it became a stranger
	half     bool          // it has sent a part of a command
	underWay underWay      // that command
	unread   bool          // it has replies to take; active is when it took some
	ending   bool          // only its last words have yet to arrive
	endsAt   time.Duration // when that must be done
	gated    bool          // its replies wait for the log
	gatedAt  time.Duration // since then
	failing  bool          // the log cannot be written
}

// underWay is the account of a command that is not whole yet.
type underWay struct {
	began   time.Duration // when its first byte came
	arrived int           // bytes of it, and perhaps of those before
}

// patience returns until when the client may stay as it is, and the refusal
// that it is then; noRefusal for a connection that ends anyway. Of several
// reasons the first to come counts.
func (config *Config) patience(s standing) (until time.Duration, why refusal) {
	until, why = forever, noRefusal
	bound := func(limit, since time.Duration, r refusal) {
		if end := later(since, limit); limit > 0 && end < until {
			until, why = end, r
		}
	}
	switch {
	case s.gated:
		if s.failing {
			bound(gatePatience, s.gatedAt, refusedNotLogged)
		}
		return until, why
	case s.unread:
		bound(config.Write, s.active, refusedSlowReader)
		return until, why
	case s.ending:
		return s.endsAt, noRefusal
	}
	bound(config.Idle, s.active, refusedIdle)
	if s.stranger {
		bound(config.Command, s.since, refusedSlowCommand)
	}
	if s.half && config.Command > 0 {
		extra := time.Duration(s.underWay.arrived>>16) * time.Second
		bound(later(config.Command, extra), s.underWay.began, refusedSlowCommand)
	}
	return until, why
}

// lastWordsUntil returns until when a client may take its last words, said now;
// a server that stops waits for as long as Shutdown does.
func (s *Server) lastWordsUntil(now time.Duration) time.Duration {
	if s.isDraining() {
		return forever
	}
	return now + lastWords
}

// standing returns the connection's, as far as it is the same on a loop and off
// it.
func (c *Conn) standing() standing {
	return standing{
		active:   c.lastActive(),
		stranger: !c.Authenticated(), since: c.stranger,
		half: c.in.Pending(), underWay: c.underWay,
	}
}

// account keeps underWay after a batch of n bytes that came at a time; half
// tells whether they went on with a command, and progress whether they completed
// one.
func (u *underWay) account(pending, half, progress bool, n int, at time.Duration) {
	switch {
	case !pending:
		u.arrived = 0
	case half && !progress:
		u.arrived += n
	default:
		u.arrived, u.began = n, at
	}
}
