package resp

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
)

// What Authenticate returns of a password that does not let the client in.
var (
	// ErrWrongPassword says that it is another.
	ErrWrongPassword = errors.New("wrong password")
	// ErrNotChecked says that nobody has looked at it: the client has ended its
	// side while many wait for that, or the server ends.
	ErrNotChecked = errors.New("password not checked")
	// ErrCallAgain asks the handler to return as after [Conn.LeaveLoop].
	ErrCallAgain = errors.New("to be called again off the loop")
)

// SetPassword makes password the one that clients must give; "" is none.
// Clients that are in stay in.
func (s *Server) SetPassword(password string) {
	if password == "" {
		s.password.Store(nil)
		return
	}
	digest := sha256.Sum256([]byte(password))
	s.password.Store(&digest)
}

// HasPassword tells whether clients must give a password.
func (s *Server) HasPassword() bool { return s.password.Load() != nil }

// isPassword tells whether digest is that of the password, or any will do. Digests
// have one length, so the time tells nothing of the password's.
func (s *Server) isPassword(digest *[32]byte) bool {
	wanted := s.password.Load()
	return wanted == nil || subtle.ConstantTimeCompare(digest[:], wanted[:]) == 1
}

// Authenticated tells whether the client may use the server.
func (c *Conn) Authenticated() bool {
	return c.authenticated || c.Server == nil || !c.Server.HasPassword()
}

// Authenticate checks a password and lets the client in if it is right. After
// wrong passwords it waits until that may be done, whether the password is right
// or wrong; never on a loop: there it returns ErrCallAgain.
func (c *Conn) Authenticate(password []byte) error {
	s := c.Server
	if !s.HasPassword() {
		return nil
	}
	if c.attempt == nil {
		a := &attempt{from: c.from, again: c.failed, digest: sha256.Sum256(password), hasGone: c.hasEnded}
		s.throttle.begin(a)
		c.attempt = a
		if !a.isChecked() && c.OnLoop() {
			if c.LeaveLoop() { // with its turn among those who wait
				return ErrCallAgain
			}
			c.giveUp() // amid a reply: nothing may wait here
			return ErrNotChecked
		}
	}
	a := c.attempt
	if !a.isChecked() {
		_ = c.Flush() // what was answered before does not wait; the error stays with c
	}
	if !a.isChecked() {
		c.Rest(func() {
			select {
			case <-a.checked:
			case <-c.Ending():
			}
		})
	}
	if !a.isChecked() {
		c.giveUp()
		return ErrNotChecked
	}
	c.attempt = nil
	if a.dropped {
		s.refuse(refusedUnchecked, c.RemoteAddr(), "")
		return ErrNotChecked
	}
	if !a.right {
		c.failed = true
		s.refuse(refusedPassword, c.RemoteAddr(), "")
		return ErrWrongPassword
	}
	if s.HasPassword() {
		c.authenticated = true
		c.becomesStranger(false)
		c.in.SetLimits(s.config.Limits)
	}
	return nil
}

// giveUp ends an attempt that waits, if there is one.
func (c *Conn) giveUp() {
	if c.attempt != nil {
		c.Server.throttle.abandon(c.attempt)
		c.attempt = nil
	}
}

// Deauthenticate makes the client give its password again.
func (c *Conn) Deauthenticate() {
	if c.Server == nil {
		return
	}
	c.stranger = c.Server.now()
	c.authenticated = !c.Server.HasPassword()
	c.becomesStranger(!c.authenticated)
	if !c.authenticated {
		c.in.SetLimits(UnauthenticatedLimits())
	}
}
