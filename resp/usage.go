package resp

import (
	"sync/atomic"
	"unsafe"
)

// Usage is the memory that a connection takes, in bytes.
type Usage struct {
	Input     int // that came and wait for the rest of their command
	InputRoom int // beside them, for that rest
	Words     int // to know where the words of that command are
	Kept      int // by the handler, of commands that it will execute later
	Replies   int // room for the replies at hand
	Largest   int // the most that was written in one go
	Unsent    int // that the client has not taken yet
	Pieces    int // that these are in
	Total     int // all of these, and what each connection takes
}

// usage is what a connection tells of its memory. Only the connection's own
// goroutine changes it, but for pushed.
type usage struct {
	some    bool // there is something to take back when it is gone
	peak    int
	input   atomic.Int64
	room    atomic.Int64
	words   atomic.Int64
	kept    atomic.Int64
	replies atomic.Int64
	largest atomic.Int64
	unsent  atomic.Int64
	pieces  atomic.Int64
	pushed  atomic.Int64 // of messages that wait; changed under the pusher's lock
}

// Usage returns the memory that the connection takes, as of its last batch. It is
// safe for concurrent use.
func (c *Conn) Usage() Usage {
	u := &c.usage
	m := Usage{
		Input: int(u.input.Load()), InputRoom: int(u.room.Load()), Words: int(u.words.Load()), Kept: int(u.kept.Load()),
		Replies: int(u.replies.Load()), Largest: int(u.largest.Load()), Unsent: int(u.unsent.Load()), Pieces: int(u.pieces.Load()),
	}
	if n := int(u.pushed.Load()); n > 0 {
		m.Unsent, m.Pieces = m.Unsent+n, m.Pieces+1
	}
	m.Total = int(unsafe.Sizeof(*c)) + m.Input + m.InputRoom + m.Words + m.Kept + m.Replies + m.Unsent
	return m
}

// NoteUsage notes what the connection takes in the middle of a batch: all of its
// input counts. It is called by the connection's own handler.
func (c *Conn) NoteUsage() {
	u := &c.usage
	u.note(c.batch.bytes, max(cap(c.in.own)-len(c.in.own), 0), c.in.argsHeld(), c.held, cap(c.buf))
}

// endUsage notes what the connection takes behind a batch, which mostly is
// nothing, as before.
func (c *Conn) endUsage() {
	u, f := &c.usage, &c.in
	if !u.some && f.own == nil && c.held == 0 && f.argsHeld() == 0 {
		return
	}
	u.note(len(f.own), cap(f.own)-len(f.own), f.argsHeld(), c.held, 0)
}

func (u *usage) note(input, room, words, kept, replies int) {
	u.some = input+room+words+kept+replies > 0
	u.input.Store(int64(input))
	u.room.Store(int64(room))
	u.words.Store(int64(words))
	u.kept.Store(int64(kept))
	u.replies.Store(int64(replies))
}

// wrote notes that n bytes of replies go out together.
func (u *usage) wrote(n int) {
	if n > u.peak {
		u.peak = n
		u.largest.Store(int64(n))
	}
}

// owe notes that the client has not taken n bytes, which are in so many pieces.
func (u *usage) owe(n, pieces int) {
	// To look costs less than to store, and mostly there is no news.
	if u.unsent.Load() != int64(n) {
		u.unsent.Store(int64(n))
	}
	if u.pieces.Load() != int64(pieces) {
		u.pieces.Store(int64(pieces))
	}
}
