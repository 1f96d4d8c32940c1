package commands

import "github.com/prefixtracker/prefixtracker/resp"

// collection is what is collected for a reply. It is held for as long as the client
// takes to read that, and many may not read: it is on the books of the query memory
// until the next command collects something, or the batch ends. On a loop nothing
// is: there a reply is short, and made at once.
type collection struct {
	conn  *resp.Conn
	bytes int
}

// roomToCollect is what must be free before a long reply is collected.
const roomToCollect = 64 << 10

// start is called before anything has changed; the error says that clients who do
// not read hold all that may be held.
func (c *collection) start() error {
	c.end()
	if c.conn.OnLoop() {
		return nil
	}
	return c.more(roomToCollect)
}

// more asks for so many bytes.
func (c *collection) more(bytes int) error {
	if !c.conn.Keep(resp.Collected, bytes) {
		return resp.ErrQueryMemory
	}
	c.bytes += bytes
	return nil
}

// have notes that there are so many bytes already.
func (c *collection) have(bytes int) {
	if more := bytes - c.bytes; more > 0 && !c.conn.OnLoop() {
		c.conn.Take(more)
		c.bytes += more
	}
}

func (c *collection) end() {
	if c.bytes != 0 {
		c.conn.Release(c.bytes)
		c.bytes = 0
	}
}
