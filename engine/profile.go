package engine

import (
	"sync"
	"sync/atomic"
)

// Profile is what is told about a client to others.
type Profile struct {
	// The client's own words about itself.
	Name, LibName, LibVer string
	// Queued is the number of commands since MULTI, -1 outside of it.
	Queued int
	// NoEvict, NoTouch and Tracking are modes the client has asked for.
	NoEvict, NoTouch, Tracking bool
	// Broadcast says that Tracking is for prefixes.
	Broadcast bool
	// Monitor says that the client sees all commands.
	Monitor bool
}

// profile is a Profile with what changes too often for a lock. It is safe for
// concurrent use.
type profile struct {
	mu       sync.Mutex
	is       Profile
	protocol atomic.Int32
	last     atomic.Pointer[string] // in lower case
}

// Profile returns the client's profile. It is safe for concurrent use.
func (p *profile) Profile() Profile {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.is
}

// Describe changes the client's profile. It is safe for concurrent use.
func (p *profile) Describe(change func(*Profile)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.is)
}

// note notes what the session is doing.
func (p *profile) note(command *string, protocol int) {
	// To look costs less than to store, and mostly there is no news.
	if p.last.Load() != command {
		p.last.Store(command)
	}
	if v := int32(protocol); p.protocol.Load() != v {
		p.protocol.Store(v)
	}
}

// Doing returns the name of the command that the session executed last, in lower
// case, and its protocol version, as of its last batch; "" and 2 before the first command. It is safe
// for concurrent use.
func (p *profile) Doing() (command string, protocol int) {
	name := p.last.Load()
	if name == nil {
		return "", 2
	}
	return *name, int(p.protocol.Load())
}
