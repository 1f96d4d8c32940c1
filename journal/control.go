package journal

// What is no state of a word takes effect while the mutex of the log is held:
// whoever sees the effect appends behind the record (J4, J5).

// MaxMeta is how long what is said of a tracker may be.
const MaxMeta = 1 << 20

// Create makes a tracker known, before anybody can find it: it gives t an ID.
// meta is whatever tells trackers apart; the log does not look into it.
func (l *Log) Create(t Tracked, meta []byte) {
	if l == nil {
		return
	}
	o := t.Object()
	if len(meta) > MaxMeta {
		panic("journal: more is said of a tracker than can be read back")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	o.id = l.nextID
	l.nextID++
	l.beginBlock()
	l.buf = appendBytes(l.buf, opCreate, o.id, meta)
	l.closeBlock()
}

// Describe replaces what was said of a tracker when it was made.
func (l *Log) Describe(t Tracked, meta []byte) {
	if l == nil {
		return
	}
	o := t.Object()
	if len(meta) > MaxMeta {
		panic("journal: more is said of a tracker than can be read back")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isGone(o) {
		return
	}
	l.beginBlock()
	l.buf = appendBytes(l.buf, opDescribe, o.id, meta)
	l.closeBlock()
}

// Append appends the words of the IDs from min to max-1 of a tracker that nobody can
// find yet. Whoever makes it known does that behind it.
func (l *Log) Append(t Tracked, min, max uint64) {
	if l == nil {
		return
	}
	b := Batch{log: l}
	b.ChangedRange(t, min, max)
	l.append(&b)
}

// Replace is Describe, and with old not nil Drop of that one: both in one block, of
// which a cut leaves all or nothing. It comes before anybody can find t by what meta
// says of it, so whoever does appends behind it. Who is still at work on old comes
// before it.
func (l *Log) Replace(old, t Tracked, meta []byte) {
	if l == nil {
		return
	}
	if len(meta) > MaxMeta {
		panic("journal: more is said of a tracker than can be read back")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beginBlock()
	if old != nil && !l.isGone(old.Object()) {
		o := old.Object()
		l.windowed.remove(o.windows)
		o.windows = dropped
		l.buf = appendControl(l.buf, opDrop, o.id)
	}
	if o := t.Object(); !l.isGone(o) {
		l.buf = appendBytes(l.buf, opDescribe, o.id, meta)
	}
	l.closeBlock()
}

// Drop says that a tracker is no more, when nobody can find it any more.
func (l *Log) Drop(t Tracked) {
	if l == nil {
		return
	}
	o := t.Object()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isGone(o) {
		return
	}
	l.windowed.remove(o.windows)
	o.windows = dropped
	l.control(opDrop, o.id)
}

// Flush says that there is no tracker any more, while nobody can make one.
func (l *Log) Flush() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flushed = l.nextID
	l.windowed = windowList{}
	l.control(opFlush, l.nextID)
}

// Clear has a tracker's bitmap emptied, says so, and returns how many IDs that
// took.
func (l *Log) Clear(t Tracked) uint64 {
	if l == nil {
		return t.ClearAll()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := t.ClearAll()
	if o := t.Object(); !l.isGone(o) {
		l.control(opClear, o.id)
	}
	return n
}

// Record has change do something to a tracker that is more than words are, and
// appends the note that change returns: both under the mutex, so whoever sees the
// effect appends behind the record (J10). change appends to dst; it must not wait, and do
// no more than [holdWords] words of work. What it returns empty is not logged. For a reply
// that says what was done the caller has called [Batch.Open] before.
func (l *Log) Record(t Tracked, change func(dst []byte) []byte) {
	if l == nil {
		change(nil)
		return
	}
	l.open.Add(1) // who relies on what he sees of it waits for its record (J9)
	defer l.open.Add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = change(l.said[:0])
	if len(l.said) > MaxMeta {
		panic("journal: a note is longer than can be read back")
	}
	if o := t.Object(); len(l.said) > 0 && !l.isGone(o) {
		l.beginBlock()
		l.buf = appendBytes(l.buf, opNote, o.id, l.said)
		l.closeBlock()
	}
}

// control appends a block of one record. The mutex is held.
func (l *Log) control(op uint64, args ...uint64) {
	l.beginBlock()
	l.buf = appendControl(l.buf, op, args...)
	l.closeBlock()
}
