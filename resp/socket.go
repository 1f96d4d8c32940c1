package resp

import (
	"errors"
	"net"
	"os"
	"time"
)

// socket is the connection of a guardConn to the network, and has the patience
// with a client that is slow to take what is written. TLS, if there is any, is
// above it: a write of its that has failed once cannot be taken up again.
type socket struct {
	net.Conn
	client *Conn

	uptake   uptake
	deadline time.Duration // of writing, by the server's clock
	last     bool          // TLS says its last words, and has set a deadline for them
	err      error         // the first one
}

// Write waits until the client has room for p, for as long as it takes
// something now and then.
func (k *socket) Write(p []byte) (sent int, err error) {
	if k.last {
		return k.Conn.Write(p)
	}
	s, c := k.client.Server, k.client
	now := s.now()
	for active := now; k.err == nil; {
		c.touch(active)
		if k.err = k.setDeadline(now); k.err != nil {
			break
		}
		var n int
		n, err = k.Conn.Write(p[sent:])
		sent += n
		k.uptake.given += int64(n)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			k.err = err
			return sent, err
		}
		now = s.now()
		if k.uptake.moved(unsent(k.Conn)) || n > 0 { // a Unix socket counts more than the bytes
			active = now
		}
		if until, why := s.config.patience(standing{unread: true, active: active}); now >= until {
			s.refuse(why, c.RemoteAddr(), "")
			k.err = err
		}
	}
	return sent, k.err
}

// setDeadline sets when to look at how the client is doing. Setting it costs as
// much as a short command does, so it is set when half of the time has passed;
// and never so soon that it may pass before the write has begun: a client with
// room for its replies gets them however short the patience is.
func (k *socket) setDeadline(now time.Duration) error {
	s := k.client.Server
	until, _ := s.config.patience(standing{unread: true, active: now})
	if until == forever || k.deadline >= until-s.config.Write/2 {
		return nil
	}
	k.deadline = max(until, later(now, time.Second))
	return k.Conn.SetWriteDeadline(s.started.Add(k.deadline))
}

// SetWriteDeadline is called by TLS, which knows how long its last words may
// take.
func (k *socket) SetWriteDeadline(t time.Time) error {
	k.last = true
	return k.Conn.SetWriteDeadline(t)
}

// uptake is how a client takes what it is sent.
type uptake struct {
	given int64 // to the kernel
	taken int64 // by the client, at the last look, but for a constant
}

// moved tells whether the client has taken something since the last look;
// unsent is what the kernel still has for it.
func (u *uptake) moved(unsent int) bool {
	before := u.taken
	u.taken = u.given - int64(unsent)
	return u.taken > before
}
