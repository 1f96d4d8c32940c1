package resp

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// verdict is what becomes of a connection after a batch.
type verdict uint8

const (
	goesOn verdict = iota
	over           // the connection ends when its replies have arrived
	leaves         // the rest of the batch is for a goroutine of its own
)

// serveInput executes the whole commands that p completes, in order, and sends
// their replies. The connection is over after a command that ends it, a breach
// of the protocol, or when nobody would hear the replies. Commands behind that
// are not executed.
func (s *Server) serveInput(c *Conn, p []byte) verdict {
	if c.push != nil {
		c.push.sending.Lock()
	}
	c.in.Feed(p)
	return s.serveRest(c, nil)
}

// serveRest goes on with a batch: with args, if there are any, and what the
// framer has.
func (s *Server) serveRest(c *Conn, args [][]byte) verdict {
	v, panicked := s.serve(c, args)
	for panicked && !c.closing && c.err == nil && !c.killed.Load() {
		v, panicked = s.serve(c, nil)
	}
	s.endBatch(c)
	if v == leaves {
		c.refused, c.leaving = false, false
		return leaves
	}
	err := c.Flush()
	if c.leaving && v == goesOn && err == nil {
		v = leaves
	}
	c.leaving, c.rest = false, nil
	// Since before, or opened by a command of this batch. With what leaves goes
	// the lock: the goroutine ends the batch.
	if c.push != nil && v != leaves {
		c.push.sending.Unlock()
	}
	if err != nil {
		return over
	}
	return v
}

// serve runs the handler on the commands of a batch until there is a verdict.
// A panic of the handler becomes an error reply, and the commands behind that
// are still to be served. A reply that was half sent by then cannot be mended,
// so its connection ends.
func (s *Server) serve(c *Conn, args [][]byte) (v verdict, panicked bool) {
	var mark uint64
	handling := false
	defer func() {
		if !handling {
			return
		}
		if p := recover(); p != nil {
			s.reportPanic(c, p)
			if !c.rewind(mark) {
				c.closing = true
			}
			c.Error("ERR internal error")
			c.refused = false // it is answered
			v, panicked = over, true
		}
	}()
	for n := 1; ; n++ {
		if args == nil {
			var err error
			if args, err = c.in.Next(); err != nil {
				s.protocolError(c, err)
				return over, false
			}
			if args == nil {
				return goesOn, false
			}
		}
		mark, handling = c.written(), true
		c.commands++
		s.handler.ServeRESP(c, args)
		handling = false
		if c.refused { // the handler has left the command for later
			c.commands--
			c.rest = args
			return leaves, false
		}
		if c.closing || c.err != nil || c.killed.Load() {
			return over, false
		}
		if c.looped && n%lookEvery == 0 {
			c.look()
		}
		if args = nil; c.leaving { // there is a backlog, or it has had its share
			c.rest = nil
			return leaves, false
		}
	}
}

// reportPanic counts and logs what a handler has panicked with.
func (s *Server) reportPanic(c *Conn, p any) {
	s.panics.Add(1)
	if silent, ok := s.panicGate.pass(); ok {
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
	s.traffic.commands.Add(c.commands)
	c.progress = c.commands > 0
	c.commands = 0
	s.handler.EndBatch(c)
	c.share = share{}
}
