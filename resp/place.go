package resp

// place is where a connection is served, and whether it is to stay there.
type place uint8

const (
	offLoop        place = iota // by a goroutine of its own, for good
	onLoop                      // by an event loop
	leavesAfter                 // by the loop, until the command at hand is answered
	leavesToSettle              // the same, and the goroutine settles before the replies leave
	leavesWith                  // by the loop, which leaves the command at hand to the goroutine
)

// LeaveLoop is for commands that would hold up other clients, because they
// wait or work long: a handler that gets true returns at once, having done and
// written nothing, and is called again for the same command on a goroutine that
// is this connection's alone. False says that it has that already, or that the
// reply has begun: a handler that has written cannot be called again.
func (c *Conn) LeaveLoop() bool {
	if !c.OnLoop() || c.written() != c.mark {
		return false
	}
	c.place = leavesWith
	return true
}

// OnLoop tells whether an event loop serves the connection: nothing waits there,
// so a batch ends soon.
func (c *Conn) OnLoop() bool { return c.place != offLoop && c.place != leavesWith }

// SettleLater is for a session that has so much to settle at the end of a command
// or of a batch that it would hold up other clients: when it gets true, EndBatch is
// called again on a goroutine that is this connection's alone, and the replies
// leave after that. False says that it has that already.
func (c *Conn) SettleLater() bool {
	if !c.OnLoop() {
		return false
	}
	c.place = leavesToSettle
	return true
}

// SettlesLater tells whether SettleLater has said so of the batch at hand.
func (c *Conn) SettlesLater() bool { return c.place == leavesToSettle }

// leaveSoon makes the connection leave its loop, if it is on one, before the
// next command.
func (c *Conn) leaveSoon() {
	if c.place == onLoop {
		c.place = leavesAfter
	}
}
