package resp

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"sync"
	"time"
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

// Authenticated tells whether the client may use the server.
func (c *Conn) Authenticated() bool {
	return c.authenticated || c.Server == nil || !c.Server.HasPassword()
}

// Authenticate checks a password and lets the client in if it is right. After
// wrong passwords from an address the next check for it is delayed, longer each
// time, and this call waits for that; unless it returns later, for a handler to
// do as after [Conn.LeaveLoop].
func (c *Conn) Authenticate(password []byte) (ok, later bool) {
	s := c.Server
	wanted := s.password.Load()
	if wanted == nil {
		return true, false
	}
	addr := hostOf(c.RemoteAddr())
	wait, ok := s.throttle.turn(addr, time.Now(), !c.OnLoop())
	if !ok && c.LeaveLoop() {
		return false, true
	}
	if !ok {
		s.refuse(refusedPassword, c.RemoteAddr(), "too many attempts wait")
		return false, false
	}
	if wait > 0 {
		alarm := time.NewTimer(wait)
		defer alarm.Stop()
		select {
		case <-alarm.C:
		case <-c.Ending():
			return false, false
		}
	}
	if wanted = s.password.Load(); wanted == nil { // changed meanwhile
		return true, false
	}
	// Digests have one length, so the time tells nothing of the password's.
	given := sha256.Sum256(password)
	if subtle.ConstantTimeCompare(given[:], wanted[:]) != 1 {
		s.throttle.failed(addr, time.Now())
		s.refuse(refusedPassword, c.RemoteAddr(), "")
		return false, false
	}
	s.throttle.passed(addr)
	c.authenticated = true
	c.in.SetLimits(s.config.Limits)
	return true, false
}

// Deauthenticate makes the client give its password again.
func (c *Conn) Deauthenticate() {
	if c.Server == nil {
		return
	}
	c.stranger = c.Server.now()
	if c.authenticated = !c.Server.HasPassword(); !c.authenticated {
		c.in.SetLimits(UnauthenticatedLimits())
	}
}

// throttle spaces out the attempts to authenticate from an address that has
// failed: a few at once, then one at a time, with growing gaps.
type throttle struct {
	mu    sync.Mutex
	addrs map[string]*attempts
}

type attempts struct {
	failures int
	next     time.Time // when the next attempt may be checked
}

const (
	freeAttempts   = 3
	firstGap       = 100 * time.Millisecond
	longestGap     = 10 * time.Second
	longestWait    = 30 * time.Second // of one caller, for its turn
	forgetAttempts = 10 * time.Minute
	maxThrottled   = 10_000 // addresses
)

// turn returns how long an attempt from addr must wait. It gets no turn, ok is
// false, when too many wait already, and when it would wait but may not.
func (t *throttle) turn(addr string, now time.Time, mayWait bool) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.addrs[addr]
	if a == nil || a.failures < freeAttempts {
		return 0, true
	}
	wait = max(a.next.Sub(now), 0)
	if wait > longestWait || wait > 0 && !mayWait {
		return 0, false
	}
	a.next = now.Add(wait + a.gap())
	return wait, true
}

func (a *attempts) gap() time.Duration {
	return min(firstGap<<min(a.failures-freeAttempts, 10), longestGap)
}

func (t *throttle) failed(addr string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.addrs == nil {
		t.addrs = make(map[string]*attempts)
	}
	a := t.addrs[addr]
	if a == nil {
		if len(t.addrs) >= maxThrottled {
			t.forget(now)
		}
		a = new(attempts)
		t.addrs[addr] = a
	}
	a.failures++
	if a.failures >= freeAttempts {
		if next := now.Add(a.gap()); next.After(a.next) {
			a.next = next
		}
	}
}

func (t *throttle) passed(addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.addrs, addr)
}

// forget drops what is old, or all if nothing is. t.mu is held.
func (t *throttle) forget(now time.Time) {
	for addr, a := range t.addrs {
		if now.Sub(a.next) > forgetAttempts {
			delete(t.addrs, addr)
		}
	}
	if len(t.addrs) >= maxThrottled {
		clear(t.addrs)
	}
}

// hostOf returns the address without its port; that of a Unix socket as it is.
func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}
