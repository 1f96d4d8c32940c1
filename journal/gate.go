package journal

import (
	"sync"
	"sync/atomic"
)

// Gate is what replies wait for: until the log has come so far. The zero Gate is
// open.
type Gate struct {
	pos  uint64
	sync bool // on the disk; else taken by the system
	saw  bool // replies that only tell what is: they need not wait for a log that refuses changes
}

// And is a gate that is open when both are.
func (g Gate) And(h Gate) Gate {
	switch {
	case g.pos == 0:
		return h
	case h.pos == 0:
		return g
	}
	return Gate{max(g.pos, h.pos), g.sync || h.sync, g.saw && h.saw}
}

// gates is who waits for the log.
type gates struct {
	telling sync.Mutex
	told    chan struct{} // closed when the log has come on
	notify  []func()      // only appended to
	waiters atomic.Int64
	waited  atomic.Uint64 // commits that waited for the disk
}

// Reached tells whether g is open.
func (l *Log) Reached(g Gate) bool {
	if l == nil {
		return true
	}
	at := &l.written
	if g.sync {
		at = &l.synced
	}
	return at.Load() >= g.pos || g.saw && l.refusing.Load() != nil
}

// Wait waits until g is open. It reports false if stop comes before, or the
// log's end.
func (l *Log) Wait(g Gate, stop <-chan struct{}) bool {
	if l.Reached(g) {
		return true
	}
	l.waiters.Add(1)
	defer l.waiters.Add(-1)
	for {
		l.telling.Lock()
		told := l.told
		l.telling.Unlock()
		if l.Reached(g) {
			return true
		}
		select {
		case <-told:
		case <-stop:
			return false
		case <-l.closed:
			return l.Reached(g)
		}
	}
}

// OnReach has f called whenever gates may have opened that were shut when Commit
// returned: who asks Reached once he can be told misses nothing. It is called by
// goroutines of the log, with no lock held, and must not wait.
func (l *Log) OnReach(f func()) {
	if l == nil {
		return
	}
	l.telling.Lock()
	l.notify = append(l.notify, f)
	l.telling.Unlock()
}

// tell tells all who wait that the log has come on.
func (l *Log) tell() {
	l.telling.Lock()
	if l.waiters.Load() > 0 { // who begins to wait now looks for himself
		close(l.told)
		l.told = make(chan struct{})
	}
	notify := l.notify
	l.telling.Unlock()
	for _, f := range notify {
		f()
	}
}
