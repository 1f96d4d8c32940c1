package resp

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// verdict is what becomes of a connection after a batch.
type verdict uint8

const (
	goesOn verdict = iota
	ends           // when its replies have arrived
	leaves         // the loop: the rest of the batch is for a goroutine of its own
)

// batch is the account of the commands that are executed in one go.
type batch struct {
	came     time.Duration // when its bytes did
	bytes    int
	half     bool   // they went on with a command
	progress bool   // they completed one
	commands uint64 // since endBatch
	share    share
}

// serveInput executes the whole commands that p completes, in order, and puts
// their replies into the outbox; off a loop, and before the connection ends or
// leaves, they go out at once. The connection ends after a command that ends
// it, a breach of the protocol, or when nobody would hear the replies: commands
// behind that are not executed. Of what leaves its loop, rest is the command to
// go on with; nil is the next. The connection has a buffer of its outbox.
func (s *Server) serveInput(c *Conn, p []byte, now time.Duration) (v verdict, rest [][]byte) {
	c.push.lock()
	c.SendPushed()
	c.touch(now)
	c.batch = batch{came: now, bytes: len(p), half: c.in.Pending()}
	c.labour.began = now
	c.in.Feed(p)
	return s.serveRest(c, nil)
}

// serveRest goes on with a batch: with args, if there are any, and what the
// framer has.
func (s *Server) serveRest(c *Conn, args [][]byte) (v verdict, rest [][]byte) {
	v, rest = ends, nil
	for again := c.err == nil; again && !c.isGone() && !c.closing; args = nil {
		v, rest, again = s.serve(c, args)
	}
	s.endBatch(c)
	if !c.OnLoop() {
		c.SendPushed()
	}
	c.usage.wrote(len(c.buf))
	if c.place == leavesToSettle {
		c.unsettled = append(c.unsettled, c.take()...)
	}
	c.outbox.hold(c)
	if v != goesOn || c.place != onLoop {
		switch c.outbox.release(); {
		case c.place == leavesToSettle: // even if it is gone: what it has changed is told
			v = leaves
		case c.isGone():
			v = ends
		case v == goesOn && c.OnLoop():
			v = leaves
		}
	}
	if v == leaves { // and takes the lock along: the goroutine ends the batch
		return leaves, rest
	}
	c.endUsage()
	began := c.batch.came
	if c.batch.progress && c.in.Pending() { // nobody has listened meanwhile
		began = s.now()
	}
	c.underWay.account(c.in.Pending(), c.batch.half, c.batch.progress, c.batch.bytes, began)
	if c.OnLoop() {
		c.push.stop() // what ends on a loop is written to by it alone
	}
	c.push.unlock()
	return v, nil
}

// serve runs the handler on the commands of a batch until there is a verdict.
// A panic of the handler becomes an error reply, and the commands behind that
// are still to be served. A reply that was half sent by then cannot be mended,
// so its connection ends.
func (s *Server) serve(c *Conn, args [][]byte) (v verdict, rest [][]byte, panicked bool) {
	handling := false
	defer func() {
		if !handling {
			return
		}
		if p := recover(); p != nil {
			s.reportPanic(c, p)
			if !c.rewind(c.mark) {
				c.closing = true
			}
			c.Error("ERR internal error")
			if c.place == leavesWith {
				c.place = leavesAfter // it is answered
			}
			v, panicked = ends, true
		}
	}()
	for n := 1; ; n++ {
		if args == nil {
			var err error
			if args, err = c.in.Next(); err != nil {
				s.protocolError(c, err)
				c.closing = true
				return ends, nil, false
			}
			if args == nil {
				return goesOn, nil, false
			}
		}
		c.mark, handling = c.written(), true
		c.batch.commands++
		c.session.Serve(args)
		handling = false
		if c.place == leavesWith {
			c.batch.commands--
			return leaves, args, false
		}
		if c.batch.share.spent >= workTurn {
			c.giveWay()
		}
		if c.closing || c.err != nil || c.killed.Load() {
			return ends, nil, false
		}
		switch {
		case n%lookEvery == 0 && c.place == onLoop:
			c.look()
		case n%goneEvery == 0 && c.place == offLoop && c.Gone():
			return ends, nil, false
		}
		if c.place == leavesAfter || c.place == leavesToSettle {
			return leaves, nil, false
		}
		args = nil
	}
}

// reportPanic counts and logs what a handler has panicked with. It may have changed
// something and not noted it: a base has that.
func (s *Server) reportPanic(c *Conn, p any) {
	if c.notes.Opened() {
		c.Log().ScheduleRewrite()
	}
	s.panics.Add(1)
	if silent, ok := s.panicGate.pass(s.now()); ok {
		s.log.Error().Str("panic", fmt.Sprint(p)).Uint64("client", c.ID).Uint64("not_logged", silent).
			Bytes("stack", debug.Stack()).Msg("command handler panicked")
	}
}

// protocolError answers input that is no command. What was sent before it is
// answered already.
func (s *Server) protocolError(c *Conn, err error) {
	switch {
	case errors.Is(err, ErrHTTP):
		s.refuse(refusedHTTP, c.RemoteAddr(), "")
	case errors.Is(err, ErrQueryMemory):
		s.refuse(refusedQueryMemory, c.RemoteAddr(), "")
		c.Error("ERR " + err.Error())
	default:
		s.refuse(refusedProtocol, c.RemoteAddr(), err.Error())
		c.Error("ERR " + err.Error())
	}
}

// endBatch is called when what the client has sent is answered, or the rest is
// for a goroutine.
func (s *Server) endBatch(c *Conn) {
	c.endWork()
	s.traffic.commands.Add(c.batch.commands)
	c.commands.Store(c.commands.Load() + c.batch.commands)
	c.batch.progress = c.batch.progress || c.batch.commands > 0
	c.batch.commands = 0
	c.session.EndBatch()
	c.batch.share = share{}
}
