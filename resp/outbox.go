package resp

import (
	"sync"

	"github.com/prefixtracker/prefixtracker/journal"
)

// outbox holds replies until what they promise is true, and then sends them: to
// answer is not to send. A loop has one for all replies of a turn, a goroutine
// one for those of a batch. It is used by that one goroutine.
//
// Replies leave it in the order in which they were written. A turn's end
// releases them, and before that whatever must not wait so long: a reply that
// outgrows [flushSize], a turn that has much to do or to say, a connection that
// ends or leaves its loop. What is in the outbox then goes first.
type outbox struct {
	arena []byte // what most replies lie in, one behind the other
	lent  int    // where in arena the buffer of the connection at hand begins
	input int    // bytes that the replies answer
	parts []part

	log   *journal.Log
	notes *journal.Batch // of what the commands have changed that the replies answer
	early journal.Gate   // of what was committed before the replies about it are released
	whole bool           // nothing is committed so
	gate  journal.Gate   // of all that was released
}

// part is what one connection gets.
type part struct {
	to      *Conn
	replies []byte
}

const (
	// arenaSize is what a loop has for the replies of a turn.
	arenaSize = keepSize
	// arenaRoom is what a batch finds in the arena: its replies are sent at
	// flushSize, and the last one before that is short mostly.
	arenaRoom = flushSize + flushSize/8
	// turnInput is how much is answered in a turn before its first replies go
	// out: nobody is to wait long for others, and clients that have theirs are
	// at work meanwhile.
	turnInput = 64 << 10
)

// outboxes are those of goroutines: an idle connection holds none.
var outboxes = sync.Pool{New: func() any { return new(outbox) }}

// makeRoom releases what there is if a batch might not find room beside it, or
// would be too much for a turn.
func (o *outbox) makeRoom() {
	if len(o.parts) > 0 && (o.input >= turnInput || cap(o.arena)-len(o.arena) < arenaRoom) {
		o.release()
	}
}

// lend gives c a buffer for the replies of a batch. Until hold or Flush has
// taken them, nobody else gets one.
func (o *outbox) lend(c *Conn) {
	o.lent = len(o.arena)
	c.outbox, c.buf = o, o.arena[o.lent:]
	if log := c.Log(); log != o.log {
		o.log, o.notes, o.early, o.gate = log, log.NewBatch(), journal.Gate{}, journal.Gate{}
	}
	if c.notes != o.notes {
		c.notes = o.notes
		c.session.Note(o.notes)
	}
}

// hold takes the replies of a batch, to be released later, and the buffer they
// are in.
func (o *outbox) hold(c *Conn) {
	replies := c.take()
	switch {
	case cap(replies) == cap(o.arena)-o.lent:
		o.arena = o.arena[:o.lent+len(replies)]
	case o.lent == 0 && cap(replies) > cap(o.arena) && cap(replies) <= keepSize:
		o.arena = replies // they have outgrown it
	}
	if len(replies) > 0 {
		o.input += c.batch.bytes
		o.parts = append(o.parts, part{c, replies})
	}
	if c.OnLoop() { // there may be others before the release, and the words are in the cache now
		o.notes.Append()
	}
}

// release sends all that is held, when what it promises is in the log. It is the
// one place where replies become known to clients: whoever makes them wait for
// something waits here.
//
// The outbox is empty before any connection is told that its replies are sent:
// one that ends then may release again.
func (o *outbox) release() {
	parts := o.parts
	o.parts, o.arena, o.input = o.parts[:0], o.arena[:0], 0
	if len(parts) > 0 || o.notes.Opened() || o.early != (journal.Gate{}) {
		o.gate = o.log.Commit(o.notes).And(o.early)
		o.early = journal.Gate{}
	}
	for i := range parts {
		parts[i].to.deliver(parts[i].replies, o.gate)
	}
	for i := range parts {
		parts[i].to.life.link.sent()
	}
	clear(parts) // or connections that have ended would stay in memory
}

// commit has what the commands have changed so far be in the log before their replies
// leave: others see it, and whoever has changed it waits for something.
func (o *outbox) commit() {
	if o != nil && !o.whole && o.notes.Opened() {
		o.early = o.log.Commit(o.notes).And(o.early)
	}
}

// deliver sends replies to a client when the gate is open, unless nobody gets them
// any more.
func (c *Conn) deliver(replies []byte, gate journal.Gate) {
	if !c.isGone() {
		c.Rest(func() { c.err = c.life.link.send(replies, gate) }) // only this goroutine changes the link
	}
}

// outlet is where replies go that leave before the end of their batch: before
// its own bytes those that wait in the outbox. What is to be settled on a goroutine
// is not settled for that on a loop: they leave with the connection.
type outlet struct{ c *Conn }

// Write implements [io.Writer].
func (o outlet) Write(p []byte) (int, error) {
	if o.c.place == leavesToSettle {
		o.c.unsettled = append(o.c.unsettled, p...)
		return len(p), o.c.err
	}
	if o.c.session != nil {
		o.c.session.Settle()
	}
	box := o.c.outbox
	box.parts = append(box.parts, part{o.c, p})
	box.release()
	return len(p), o.c.err
}
