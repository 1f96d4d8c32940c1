package resp

import (
	"errors"
	"net"
	"net/netip"
	"time"
)

// guardListener is the listener that redcon sees. It lets clients in or turns
// them away, backs off when Accept fails, and fails itself only after the last
// connection has ended (see the package's "Shutdown").
type guardListener struct {
	net.Listener
	server *Server
	wrap   func(net.Conn) net.Conn // TLS; nil for none
}

const (
	firstBackoff = 5 * time.Millisecond
	lastBackoff  = time.Second
)

// Accept lets the next client in.
func (l *guardListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.next()
		if err != nil {
			return nil, err
		}
		var g *guardConn
		l.server.admit(nc, l.wrap == nil, func(c *Conn) link {
			g = newGuardConn(c, nc, l.wrap)
			return g
		})
		if g != nil {
			return g, nil
		}
	}
}

// next accepts a connection, however long that takes.
func (l *guardListener) next() (net.Conn, error) {
	backoff := firstBackoff
	for {
		nc, err := l.Listener.Accept()
		switch {
		case err == nil:
			return nc, nil
		case errors.Is(err, net.ErrClosed):
			<-l.server.done
			return nil, net.ErrClosed
		default:
			l.server.log.Warn().Err(err).Dur("retry_in", backoff).Msg("accept failed")
			select {
			case <-time.After(backoff):
			case <-l.server.draining:
			}
			backoff = min(2*backoff, lastBackoff)
		}
	}
}

// The texts for clients that are turned away. The first is Redis's: clients
// wait and try again when they read it.
const (
	tooManyClients = "-ERR max number of clients reached\r\n"
	tooManyOfYours = "-ERR max number of clients of your address reached\r\n"
	denied         = "-DENIED Prefix Tracker is in protected mode, because no password is set, and accepts connections over loopback (127.0.0.1 or ::1) or a Unix socket only. " +
		"To connect from elsewhere, or to another address of this machine, start the server with --requirepass or --requirepass-file, or, in a network where everybody may use it, with --protected-mode=false.\r\n"
)

// admit makes nc a connection of this server, which what carry returns carries
// (nil is a failure), or turns it away, with a word if it is plain.
func (s *Server) admit(nc net.Conn, plain bool, carry func(*Conn) link) {
	addr := nc.RemoteAddr()
	from := originOf(addr)
	if s.config.Protected && !s.HasPassword() && !isLocal(addr) {
		s.turnAway(nc, plain, refusedProtected, denied)
		return
	}
	s.mu.Lock()
	stopped, full := s.mu.stopped, s.config.MaxClients > 0 && len(s.mu.open) >= s.config.MaxClients
	fullForOrigin := s.config.MaxPerAddress > 0 && s.mu.perOrigin[from] >= s.config.MaxPerAddress
	if stopped || full || fullForOrigin {
		s.mu.Unlock()
		switch {
		case stopped:
			_ = nc.Close() // nobody hears of it
		case full:
			s.turnAway(nc, plain, refusedMaxClients, tooManyClients)
		default:
			s.turnAway(nc, plain, refusedPerAddress, tooManyOfYours)
		}
		return
	}
	defer s.mu.Unlock()
	c := &Conn{ID: s.lastID.Add(1), Created: time.Now(), Server: s, remote: addr, from: from, local: nc.LocalAddr()}
	c.touch(s.now())
	c.stranger = c.lastActive()
	limits := s.config.Limits
	if c.authenticated = !s.HasPassword(); !c.authenticated {
		limits = UnauthenticatedLimits()
	}
	var others *QueryMemory
	if !c.authenticated {
		others = s.strangersOf(from)
	}
	c.memory.init(s.queries, others)
	c.in.init(limits, &c.memory)
	l := carry(c)
	if l == nil {
		if s.mu.perOrigin[from] == 0 {
			delete(s.mu.strangers, from)
		}
		return
	}
	c.carryOn(l)
	c.session = s.handler.Open(c)
	s.mu.open[c] = struct{}{}
	s.mu.perOrigin[from]++
	s.accepted.Add(1)
	s.conns.Add(1)
}

// turnAway closes nc with a word of why. A new connection has room for it, so
// the write does not wait, and needs no deadline, which a busy machine would
// miss; under TLS there is nobody yet to read it.
func (s *Server) turnAway(nc net.Conn, plain bool, r refusal, text string) {
	s.refuse(r, nc.RemoteAddr().String(), "")
	if plain {
		_, _ = nc.Write([]byte(text)) // it is gone on any outcome
	}
	_ = nc.Close()
}

// IsLocal tells whether the client has come over a Unix socket or the loopback
// interface, and so from this machine. A client of this machine that has come to
// another of its addresses is not local. A connection without a network is.
func (c *Conn) IsLocal() bool { return isLocal(c.remote) }

func isLocal(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return true // a Unix socket
	}
	ip, ok := netip.AddrFromSlice(tcp.IP)
	return ok && ip.Unmap().IsLoopback()
}

// leave is called when the connection of c has ended.
func (s *Server) leave(c *Conn) {
	s.mu.Lock()
	delete(s.mu.open, c)
	if s.mu.perOrigin[c.from]--; s.mu.perOrigin[c.from] == 0 {
		delete(s.mu.perOrigin, c.from)
		delete(s.mu.strangers, c.from)
	}
	s.mu.Unlock()
	c.giveUp()
	c.in.Close()
	c.LetGo()
	c.push.close()
	c.session.Close()
	c.memory.end()
	s.unread.gone(c)
	s.conns.Done()
}
