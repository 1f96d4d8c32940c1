package resp

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"sync/atomic"
)

// Visitor is a client of another protocol than RESP, to whom the same rules apply: who
// may come in, and when a password is looked at. It is safe for concurrent use.
type Visitor struct {
	server *Server
	addr   net.Addr
	failed atomic.Bool              // it has given a wrong password
	known  atomic.Pointer[[32]byte] // the digest of one that was right
}

// Visitor returns the visitor at addr.
func (s *Server) Visitor(addr net.Addr) *Visitor { return &Visitor{server: s, addr: addr} }

// ErrProtected says that there is no password, and that the visitor is not of this machine.
var ErrProtected = errors.New("protected mode")

// Strict tells whether the server protects those who have set no password: who comes
// then must be of this machine, and mean it.
func (v *Visitor) Strict() bool { return v.server.config.Protected && !v.server.HasPassword() }

// NeedsPassword tells whether the visitor must give the password.
func (v *Visitor) NeedsPassword() bool { return v.server.HasPassword() }

// Enter returns [ErrProtected] for a visitor who may not come in, whatever he says.
func (v *Visitor) Enter() error {
	if !v.Strict() || isLocal(v.addr) {
		return nil
	}
	v.server.refuse(refusedProtected, v.addr.String(), "")
	return ErrProtected
}

// Authenticate checks a password. A wrong one, and a right one that comes beside many
// wrong ones, waits as AUTH does, until ctx ends; [ErrWrongPassword] and
// [ErrNotChecked] are what it returns. One that was right is not looked at again
// while it is the password.
func (v *Visitor) Authenticate(ctx context.Context, password string) error {
	s := v.server
	if !s.HasPassword() {
		return nil
	}
	digest := sha256.Sum256([]byte(password))
	if known := v.known.Load(); known != nil && *known == digest && s.isPassword(&digest) {
		return nil
	}
	a := &attempt{from: originOf(v.addr), again: v.failed.Load(), digest: digest, hasGone: func() bool { return ctx.Err() != nil }}
	s.throttle.begin(a)
	select {
	case <-a.checked:
	case <-ctx.Done():
	case <-s.done:
	}
	switch {
	case !a.isChecked():
		s.throttle.abandon(a)
		return ErrNotChecked
	case a.dropped:
		s.refuse(refusedUnchecked, v.addr.String(), "")
		return ErrNotChecked
	case !a.right:
		v.failed.Store(true)
		s.refuse(refusedPassword, v.addr.String(), "")
		return ErrWrongPassword
	}
	v.known.Store(&digest)
	return nil
}
