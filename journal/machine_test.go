package journal

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
)

// machine is a server in miniature on a recorder: loops whose batches
// interleave, syncs now and then, rewrites and backups. What it has acknowledged
// must be there after the power was cut, or the process killed, at any moment.
type machine struct {
	rng    *rand.Rand
	policy Policy
	boot   int // the machine's start that this is
	boots  int // how many there have been
	disk   *recorder
	log    *Log
	all    *registry
	loops  []*loop

	waiting  []*event
	history  map[place][]*event // of this life, in the order in which it happened
	began    map[place]bool     // the state at its beginning
	claims   map[place]bool     // acknowledged, in all lives
	acks     int
	ackedDue int // acknowledged before the last good sync began
	fresh    uint64
	found    *findings
}

type loop struct {
	b      *Batch
	events []*event
}

// place is an ID of a tracker.
type place struct {
	tracker string
	id      uint64
}

type event struct {
	place
	set   bool
	claim bool
	gate  Gate
	ack   int // its number among all that were acknowledged; 0 if it is not
	born  int // how many were, when it began
}

// findings are what was seen of all machines.
type findings struct {
	images, kills, inRecovery int
	quarantined, torn         int
	wrong                     []string
}

func (f *findings) say(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// start opens the log of a directory, as a machine does that comes up.
func start(d FS, p Policy, start int) (*Log, *registry, *Report, error) {
	r := newRegistry()
	o := testOptions(d, r, p)
	o.BootID = boot(start)
	l, report, err := Open(o)
	return l, r, report, err
}

func (m *machine) run(l *Log, r *registry, lives int) {
	m.log, m.all = l, r
	m.claims = make(map[place]bool)
	for range lives {
		if m.live(); len(m.found.wrong) > 0 {
			return
		}
	}
}

// live is one life: steps, with images of what might be there if it ended, and
// its end as one of them.
func (m *machine) live() {
	m.waiting, m.acks, m.ackedDue = nil, 0, 0
	m.history = make(map[place][]*event)
	m.began = make(map[place]bool)
	for _, name := range []string{"e", "x"} {
		if t := m.all.find(name); t != nil {
			for id := range uint64(2500) {
				if t.b.test(id) {
					m.began[place{name, id}] = true
				}
			}
		}
	}
	m.loops = []*loop{{b: m.log.NewBatch()}, {b: m.log.NewBatch()}, {b: m.log.NewBatch()}}
	busy := false
	m.disk.before = func(op, name string) {
		if busy || op == "read" || op == "open" || len(m.found.wrong) > 0 {
			return
		}
		busy = true
		m.settle()
		if m.rng.Intn(12) == 0 {
			m.image()
		}
		// No lock is held while these are made, so others go on.
		if strings.HasSuffix(name, unnamed) || op == "rename" || op == "remove" || op == "directory" {
			for range m.rng.Intn(6) {
				m.step(true)
			}
		}
		busy = false
	}
	for range 20 + m.rng.Intn(200) {
		if m.step(false); len(m.found.wrong) > 0 {
			return
		}
	}
	m.disk.before = nil
	for range 7 {
		m.image()
	}
	if l, r, d, boot := m.image(); l != nil {
		m.log, m.all, m.disk, m.boot = l, r, d, boot
	}
}

// step does one thing on one of the loops.
func (m *machine) step(quiet bool) {
	l := m.loops[m.rng.Intn(len(m.loops))]
	switch x := m.rng.Intn(100); {
	case x < 30:
		t := m.all.get(m.log, "e")
		m.change(l, t, uint64(m.rng.Intn(2400)), m.rng.Intn(2) == 0)
	case x < 58:
		t, lo, hi := m.all.get(m.log, "n"), uint64(0), uint64(bitsLimit)
		if m.rng.Intn(3) == 0 {
			t, lo = m.all.get(m.log, "m"), uint64(m.rng.Intn(3))*100000
			hi = lo + 100000
		}
		if m.rng.Intn(4) == 0 { // here and there, and later between
			t = m.all.get(m.log, "g")
			lo, hi = m.fresh*16+uint64(m.rng.Intn(6000)), bitsLimit
			m.fresh++
		}
		l.b.Open()
		t.b.claim(lo, hi, 1+m.rng.Intn(60)*m.rng.Intn(2)*m.rng.Intn(3), func(id uint64) {
			l.b.Claimed(t, id, 1)
			m.note(l, &event{place: place{t.name, id}, set: true, claim: true})
		})
	case x < 60: // IDs that nobody takes out again
		t := m.all.get(m.log, "o")
		for range 3 {
			m.fresh += 131
			m.change(l, t, m.fresh%50000, true)
		}
	case x < 62:
		t := m.all.get(m.log, "x")
		l.b.Open()
		m.log.Clear(t)
		for id := range uint64(500) {
			if p := (place{"x", id}); len(m.history[p]) > 0 || m.began[p] {
				m.note(l, &event{place: p})
			}
		}
	case x < 66:
		m.change(l, m.all.get(m.log, "x"), uint64(m.rng.Intn(500)), true)
	case x < 68: // a tracker comes and goes
		name := fmt.Sprint("t", m.rng.Intn(5))
		l.b.Open()
		if m.rng.Intn(3) == 0 {
			m.all.drop(m.log, name)
		} else {
			t := m.all.get(m.log, name)
			t.b.claim(0, bitsLimit, 5, func(id uint64) { l.b.Claimed(t, id, 1) })
		}
	case x < 85: // the end of a turn
		g := m.log.Commit(l.b)
		for _, e := range l.events {
			e.gate = g
		}
		m.waiting = append(m.waiting, l.events...)
		l.events = nil
		m.settle()
	case x < 92:
		due := m.acks
		if m.log.sync() == nil {
			m.ackedDue = due
		}
		if m.rng.Intn(3) == 0 {
			m.log.ticks.Add(1)
		}
		m.log.makeRoom()
		m.settle()
	case x < 94 && !quiet:
		if err := m.log.Rewrite(context.Background()); err != nil {
			m.found.say("rewrite: %v", err)
		}
		m.settle()
	case x < 95 && !quiet:
		if err := m.log.Backup(context.Background(), "dump.pt"); err != nil {
			m.found.say("backup: %v", err)
		}
	}
}

func (m *machine) change(l *loop, t *tracked, id uint64, set bool) {
	l.b.Open()
	done := false
	if set {
		done = t.b.set(id)
	} else {
		done = t.b.unset(id)
	}
	if !done {
		l.b.Relied(t, id)
	} else {
		l.b.Changed(t, id)
	}
	l.b.Append()
	m.note(l, &event{place: place{t.name, id}, set: set})
}

func (m *machine) note(l *loop, e *event) {
	e.born = m.acks
	l.events = append(l.events, e)
	m.history[e.place] = append(m.history[e.place], e)
}

// settle acknowledges what can be.
func (m *machine) settle() {
	rest := m.waiting[:0]
	for _, e := range m.waiting {
		if !m.log.Reached(e.gate) {
			rest = append(rest, e)
			continue
		}
		m.acks++
		e.ack = m.acks
		if e.claim {
			if m.claims[e.place] {
				m.found.say("%v was handed out twice", e.place)
			}
			m.claims[e.place] = true
		}
	}
	m.waiting = rest
}

// image has the machine end now, in one of the ways in which it may, looks at
// what comes back, and returns it.
func (m *machine) image() (*Log, *registry, *recorder, int) {
	var d *recorder
	killed := m.rng.Intn(6) == 0
	next := m.boot
	if killed {
		m.found.kills++
		d = m.disk.kill()
	} else {
		m.boots++
		next = m.boots
		d = m.disk.cut(m.rng)
	}
	// The way up may end, too.
	type ended struct {
		*recorder
		killed bool
	}
	var again []ended
	d.before = func(op, name string) {
		if op != "read" && op != "open" && m.rng.Intn(20) == 0 {
			if m.rng.Intn(4) == 0 {
				again = append(again, ended{d.kill(), true})
			} else {
				again = append(again, ended{d.cut(m.rng), false})
			}
		}
	}
	l, r, ok := m.comeBack(d, next, killed, "")
	d.before = nil
	for _, e := range again {
		m.found.inRecovery++
		if !e.killed {
			m.boots++
			m.comeBack(e.recorder, m.boots, false, " after a recovery that was cut")
		} else {
			m.comeBack(e.recorder, next, false, " after a recovery that was killed")
		}
	}
	if !ok {
		return nil, nil, nil, 0
	}
	return l, r, d, next
}

func (m *machine) comeBack(d *recorder, bootID int, killed bool, when string) (*Log, *registry, bool) {
	m.found.images++
	l, r, report, err := start(d, m.policy, bootID)
	if err != nil {
		m.found.say("refused%s: %v", when, err)
		return nil, nil, false
	}
	if report.Quarantined > 0 {
		m.found.quarantined++
	}
	if report.Torn != nil {
		m.found.torn++
		if report.Torn.Short {
			m.found.say("%v", report.Torn)
		}
	}
	if killed && (report.Quarantined > 0 || report.Torn != nil) {
		m.found.say("only the process was gone: %+v", report)
	}
	if report.Quarantined > uint64(len(r.all))*bitsLimit/windowShare {
		m.found.say("%d IDs are skipped", report.Quarantined)
	}
	m.compare(r, killed, when)
	return l, r, true
}

// compare looks whether r has all that it must.
func (m *machine) compare(r *registry, killed bool, when string) {
	byName := make(map[string]*tracked)
	for _, t := range r.all {
		byName[t.name] = t
	}
	has := func(p place) bool { t := byName[p.tracker]; return t != nil && t.b.test(p.id) }
	due := func(e *event) bool {
		return e.ack > 0 && (killed || m.policy == Always || e.ack <= m.ackedDue)
	}
	lowest := 1 << 30 // the first that was acknowledged and is not there
	for p, events := range m.history {
		is := has(p)
		allowed := m.began[p] == is
		for _, e := range events {
			switch {
			case e.claim: // it may be set without having come to be
				allowed = allowed || is
				if due(e) && !is {
					allowed = false
				}
				continue
			case due(e):
				allowed = false
			}
			allowed = allowed || e.set == is
			if p.tracker == "o" && e.ack > 0 && !is {
				lowest = min(lowest, e.ack)
			}
		}
		if !allowed {
			m.found.say("%v is %v%s: killed %v", p, is, when, killed)
		}
	}
	for p, events := range m.history {
		if p.tracker == "o" && events[0].born >= lowest && has(p) && !m.began[p] {
			m.found.say("%v is there without what came before%s", p, when)
		}
	}
	for p := range m.claims {
		if !has(p) {
			m.found.say("%v was handed out, and is free%s", p, when)
			return
		}
	}
}
