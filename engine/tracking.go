package engine

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TrackingMode says of which changes a client wants to hear.
type TrackingMode uint8

// The modes of CLIENT TRACKING.
const (
	TrackNothing   TrackingMode = iota
	TrackReads                  // of all keys that it reads
	TrackOptIn                  // of those whose replies it announces to keep
	TrackOptOut                 // of all that it reads but those it excepts
	TrackBroadcast              // of all keys with its prefixes, read or not
)

// Tracking is what a client has asked for with CLIENT TRACKING.
type Tracking struct {
	Mode   TrackingMode
	NoLoop bool // own changes are not told
	// Prefixes are those of TrackBroadcast; "" is in front of every key.
	Prefixes []string
}

// Tracking returns what the client has asked for. It is for the session's own
// handlers.
func (s *Session) Tracking() Tracking { return s.reader.Tracking }

// Marked tells whether CLIENT CACHING has said something of the next command.
func (s *Session) Marked() bool { return s.announced != 0 }

// Track tells the client of changes from here on, as t says, which must not mix
// broadcasts with another mode that the client has. In RESP2, which has no form
// for that, it is told of none. Without memory for its prefixes nothing changes.
func (s *Session) Track(t Tracking) error {
	bytes := 0
	for _, prefix := range t.Prefixes {
		bytes += keptBytes(prefix)
	}
	if bytes > 0 && !s.Keep(resp.Watched, bytes) {
		return resp.ErrQueryMemory
	}
	s.reader.prefixes += bytes
	if s.reader.Mode == TrackNothing {
		s.engine.caches.clients.Add(1)
		s.OpenPush()
	}
	t.Prefixes = append(slices.Clip(s.reader.Prefixes), t.Prefixes...)
	s.reader.Tracking = t
	s.Describe(func(p *Profile) { p.Tracking, p.Broadcast = true, t.Mode == TrackBroadcast })
	if s.Protocol() == 3 {
		s.engine.caches.listen(s)
	}
	return nil
}

// Untrack ends that; the client keeps no reply any more.
func (s *Session) Untrack() {
	if s.reader.Mode == TrackNothing {
		return
	}
	s.Describe(func(p *Profile) { p.Tracking, p.Broadcast = false, false })
	s.engine.caches.clients.Add(-1)
	s.forget()
	s.reader.Tracking = Tracking{}
	s.Release(s.reader.prefixes)
	s.reader.prefixes = 0
}

// Announce says of the next command, or those of the next transaction, that the
// client will keep the reply (in TrackOptIn) or will not (in TrackOptOut). It
// reports false for what will be kept in RESP2, which has no form for what the
// client is to be told.
func (s *Session) Announce() bool {
	if s.reader.Mode == TrackOptIn && s.Protocol() != 3 {
		return false
	}
	s.announced = 2
	return true
}

// keeps tells whether the client, which tracks, may keep the reply to a read and
// is to be told when that changes.
func (s *Session) keeps() bool {
	if s.Protocol() != 3 {
		return false
	}
	switch s.reader.Mode {
	case TrackReads:
		return true
	case TrackOptIn:
		return s.announced != 0
	case TrackOptOut:
		return s.announced == 0
	}
	return false
}

// SetProtocol makes version, 2 or 3, the form of what the client gets from here
// on. In RESP2 there is no form for what is told of changes: the client keeps no
// reply any more, and what it has been told goes out before.
func (s *Session) SetProtocol(version int) {
	if version == 2 && s.Protocol() == 3 {
		s.forget()
		s.SendPushed()
	}
	s.Conn.SetProtocol(version)
	if version == 3 {
		s.engine.caches.listen(s)
	}
}
