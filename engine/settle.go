package engine

// changes are what a session's commands have changed and nobody has been told
// yet.
type changes struct {
	keys  []string // the same key may stand several times, but not in a row
	all   bool
	count uint64 // since they were reported
	// broadcast are keys, each once, of which the batch has not told those who
	// listen for prefixes.
	broadcast []string
}

// keepChanges is how many changed keys wait for the end of their command: those
// of one that changes more are told on the way.
const keepChanges = 256

// Changed notes that what commands reply about key no longer is what it was, for
// a change that has just been made. key stays as it is for good.
func (s *Session) Changed(key string) {
	c := &s.changes
	c.count++
	if s.engine.caches.watched.Load() == 0 {
		return // who begins to watch now reads after the change
	}
	if n := len(c.keys); n > 0 && c.keys[n-1] == key {
		return
	}
	if len(c.keys) >= keepChanges {
		s.settle()
	}
	c.keys = append(c.keys, key)
}

// ChangedAll is Changed for all keys that there are.
func (s *Session) ChangedAll() {
	s.changes.count++
	s.changes.all = true
}

// settle is settleNow, unless that would hold up others on an event loop.
func (s *Session) settle() {
	if s.SettlesLater() {
		return // to look for crowds again with each change would take long, too
	}
	if len(s.changes.keys) > 0 && s.engine.caches.crowded(s.changes.keys) && s.SettleLater() {
		return
	}
	s.settleNow()
}

// settleNow tells those who must know what the commands so far have changed. It
// comes after the changes: a reader who is told and looks again sees them.
func (s *Session) settleNow() {
	c := &s.changes
	if len(c.keys) == 0 && !c.all {
		return
	}
	k := &s.engine.caches
	if c.all {
		k.changedAll()
	}
	listened := k.prefixes.Load() != 0
	for _, key := range c.keys {
		k.changed(key, s)
		if listened {
			s.broadcast(key)
		}
	}
	clear(c.keys)
	c.keys, c.all = c.keys[:0], false
}

// report adds what was changed to the engine's numbers.
func (c *changes) report(e *Engine) {
	if c.count != 0 {
		e.changes.Add(c.count)
		c.count = 0
	}
}

// lookups are how often reads have found their key since they were reported, and
// how often not.
type lookups struct{ hits, misses uint64 }

// Looked counts a look at a key, if the command at hand is one that reads.
func (s *Session) Looked(found bool) {
	switch {
	case !s.last.reads:
	case found:
		s.lookups.hits++
	default:
		s.lookups.misses++
	}
}

// report adds them to the engine's numbers.
func (l *lookups) report(e *Engine) {
	if l.hits|l.misses != 0 {
		e.hits.Add(l.hits)
		e.misses.Add(l.misses)
		*l = lookups{}
	}
}

// Changed settles a change that no session's command has made, such as an end
// by time. It is safe for concurrent use.
func (e *Engine) Changed(key string) {
	e.changes.Add(1)
	e.caches.changed(key, nil)
	e.caches.announce([]string{key}, nil)
}
