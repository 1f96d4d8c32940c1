package journal

// Batch collects where commands have changed words, until their replies are to
// go out: one for an event loop, or for a connection that has a goroutine. It is
// used by one goroutine at a time. A nil Batch notes nothing.
//
// A command that may change something calls Open, then changes words, then notes
// where. [Log.Commit] ends what Open has begun, and is called in the end,
// whatever has happened.
type Batch struct {
	log   *Log
	notes []note
	open  bool
	sync  bool // a claim that no window covers
}

// note says in which words a command has changed something, or has seen what its
// reply tells.
type note struct {
	t    Tracked
	wi   uint64
	what uint64 // how many words, and the kind: there are many notes
}

func (n *note) words() uint64  { return n.what >> kindBits }
func (n *note) kind() noteKind { return noteKind(n.what & (1<<kindBits - 1)) }

type noteKind uint64

const kindBits = 2

const (
	changed noteKind = iota
	claimed          // handed out: never to be handed out again
	relied           // nothing was changed, but the reply says what was seen
)

// earlyNotes is how many notes are worth a lock: their words are still in the
// processor's cache.
const earlyNotes = 32

// manyNotes are not kept: a command may change millions of words.
const manyNotes = 1024

// NewBatch returns an empty batch; nil if there is no log.
func (l *Log) NewBatch() *Batch {
	if l == nil {
		return nil
	}
	return &Batch{log: l}
}

// Refusing is [Log.Refusing].
func (b *Batch) Refusing() error {
	if b == nil {
		return nil
	}
	return b.log.Refusing()
}

// Open comes before a command changes anything.
func (b *Batch) Open() {
	if b != nil && !b.open {
		b.open = true
		b.log.open.Add(1)
	}
}

// Opened tells whether Open has been called since the last Commit.
func (b *Batch) Opened() bool { return b != nil && b.open }

// Changed notes that id was set or cleared.
func (b *Batch) Changed(t Tracked, id uint64) {
	if b != nil {
		b.note(t, id>>6, id>>6, changed)
	}
}

// ChangedRange notes that IDs from min to max-1 may have been set or cleared.
func (b *Batch) ChangedRange(t Tracked, min, max uint64) {
	if b != nil && min < max {
		b.note(t, min>>6, (max-1)>>6, changed)
	}
}

// Claimed notes that the n IDs from start on were handed out.
func (b *Batch) Claimed(t Tracked, start, n uint64) {
	if b != nil && n > 0 {
		b.note(t, start>>6, (start+n-1)>>6, claimed)
	}
}

// Relied notes that id was found as the reply says, and not changed. Somebody
// else's change of it may not have been logged yet.
func (b *Batch) Relied(t Tracked, id uint64) {
	// If nobody else is open now, all that was seen has been appended (J9).
	if b != nil && (!b.open || b.log.open.Load() > 1) {
		b.note(t, id>>6, id>>6, relied)
	}
}

// note takes the words from first to last; those that continue the note before
// go into it.
func (b *Batch) note(t Tracked, first, last uint64, kind noteKind) {
	if first >= maxWords {
		return // nobody has such IDs
	}
	last = min(last, maxWords-1)
	if i := len(b.notes) - 1; i >= 0 {
		n := &b.notes[i]
		if first-n.wi <= n.words() && n.kind() == kind && n.t == t { // it wraps for one before; mostly it is another word
			n.what = max(n.words(), last-n.wi+1)<<kindBits | uint64(kind)
			return
		}
	}
	if len(b.notes) >= manyNotes {
		b.log.append(b)
	}
	b.notes = append(b.notes, note{t, first, (last-first+1)<<kindBits | uint64(kind)})
}

// Len is how many notes wait to be appended.
func (b *Batch) Len() int {
	if b == nil {
		return 0
	}
	return len(b.notes)
}

// Append appends the notes now if there are many. The batch stays open.
func (b *Batch) Append() {
	if b.Len() >= earlyNotes {
		b.log.append(b)
	}
}
