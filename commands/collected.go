package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/resp"
)

// collection is what is collected for a reply. It is held for as long as the client
// takes to read that, and many may not read: it is on the books of the query memory
// until the next command collects something, or the batch ends. On a loop nothing
// is: there a reply is short, and made at once.
type collection struct {
	conn   *resp.Conn
	bytes  int // on the books
	spare  int // of them, for what is yet to come
	wanted int // asked for by gather
}

// roomToCollect is what must be free before a long reply is collected of which nobody
// knows how long it will be, and mostCollected where it is known.
const (
	roomToCollect = 64 << 10
	mostCollected = 1 << 20
)

// start is called before anything has changed that is to be collected, of so many
// bytes at most; the error says that clients who do not read hold all that may be held.
func (c *collection) start(most int) error {
	c.end()
	if c.conn.OnLoop() {
		return nil
	}
	room := min(max(most, roomToCollect), mostCollected)
	if !c.conn.KeepForReply(room) {
		return resp.ErrQueryMemory
	}
	c.bytes, c.spare = room, room
	return nil
}

// gather calls collect, which asks for more as it goes on, and anew from its beginning
// where there was no room: only who holds nothing may wait for some, or two would wait
// for each other.
func (c *collection) gather(collect func() error) error {
	if err := c.start(0); err != nil {
		return err
	}
	for {
		c.wanted = 0
		err := collect()
		if !errors.Is(err, resp.ErrQueryMemory) {
			return err
		}
		room := 2 * c.wanted
		c.end()
		if !c.conn.KeepForReply(room) {
			return err
		}
		c.bytes, c.spare = room, room
	}
}

// more asks for so many bytes.
func (c *collection) more(bytes int) error {
	c.wanted += bytes
	if missing := bytes - c.spare; missing > 0 {
		if !c.conn.Keep(resp.Collected, missing) {
			return resp.ErrQueryMemory
		}
		c.bytes += missing
		c.spare += missing
	}
	c.spare -= bytes
	return nil
}

// have notes that all has been collected, so many bytes.
func (c *collection) have(bytes int) {
	if c.conn.OnLoop() {
		return
	}
	if more := bytes - c.bytes; more > 0 {
		c.conn.Take(more)
	} else {
		c.conn.Release(-more)
	}
	c.bytes, c.spare = bytes, 0
}

func (c *collection) end() {
	if c.bytes != 0 {
		c.conn.Release(c.bytes)
		c.bytes, c.spare = 0, 0
	}
}
