package store

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// errClosed is for who calls a store after its Close.
var errClosed error = permanent{errors.New("the store's connections are closed")}

const (
	dialTime  = 5 * time.Second  // to connect, and again to log in
	replyTime = 10 * time.Second // in which a server answers, or the connection counts as broken
	mostIdle  = 4                // connections to one server that are kept
	idleTime  = time.Minute      // in which one is used again, or ends: its server may be no more
)

// servers is a store: servers that speak the Redis protocol.
type servers struct {
	place
	security func() (*tls.Config, error) // once, at the first connection: files are read

	pageSize int64       // how many keys a server looks at for one page of a list
	met      atomic.Bool // some server has answered

	mu     sync.Mutex
	closed bool
	conns  map[*conn]struct{}
	idle   map[string][]*conn // of conns those that nobody has, by address
	known  []string           // addresses of a Cluster's primaries, when last seen
}

func newServers(p place) *servers {
	s := &servers{place: p, pageSize: 10000, conns: map[*conn]struct{}{}, idle: map[string][]*conn{}}
	s.security = sync.OnceValues(s.readSecurity)
	return s
}

func (s *servers) login() login { return login{s.user, s.password, s.db} }

// take returns a connection for short questions to one server. It may have ended unseen while it was idle.
func (s *servers) take(ctx context.Context, addr string) (*conn, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	if idle := s.idle[addr]; len(idle) > 0 {
		last := len(idle) - 1
		c := idle[last]
		s.idle[addr] = idle[:last]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	return s.connect(ctx, addr, s.login())
}

// give takes back a connection that was taken. When one has broken, the server may have gone and all others with it.
func (s *servers) give(c *conn) {
	c.since = time.Now()
	s.mu.Lock()
	var over []*conn
	for addr, idle := range s.idle {
		old := 0
		for old < len(idle) && c.since.Sub(idle[old].since) > idleTime {
			old++
		}
		if over = append(over, idle[:old]...); old == len(idle) {
			delete(s.idle, addr)
		} else {
			s.idle[addr] = idle[old:]
		}
	}
	switch idle := s.idle[c.addr]; {
	case c.broken:
		over = append(append(over, idle...), c)
		delete(s.idle, c.addr)
	case s.closed || len(idle) == mostIdle:
		over = append(over, c)
	default:
		s.idle[c.addr] = append(idle, c)
	}
	s.mu.Unlock()
	for _, c := range over {
		c.end()
	}
}

// register notes a connection that is to end with the store. It is false if that has ended.
func (s *servers) register(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *servers) unregister(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// Close implements [Store]. It ends connections that somebody has, too, and waits for no server.
func (s *servers) Close() {
	s.mu.Lock()
	conns := s.conns
	s.closed, s.conns, s.idle = true, nil, nil
	s.mu.Unlock()
	for c := range conns {
		c.net.Close()
	}
}
