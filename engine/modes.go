package engine

// Silence makes replies vanish from here on.
func (s *Session) Silence() {
	s.Mute(true)
	s.skip = 0
}

// Skip makes the reply to the next command vanish: of those that the client sends,
// not of those that EXEC executes.
func (s *Session) Skip() {
	if s.Muted() && s.skip == 0 {
		return // for good already
	}
	s.skip = 2
}

// Speak lets replies come again.
func (s *Session) Speak() {
	s.Mute(false)
	s.skip = 0
}

// Reset makes the session as new, but for what the client library said of itself.
func (s *Session) Reset() {
	s.leaveMulti()
	s.Speak()
	s.engine.monitors.remove(s)
	s.Untrack()
	s.DropPushed() // from here on, all the client gets are replies
	s.Describe(func(p *Profile) { *p = Profile{LibName: p.LibName, LibVer: p.LibVer, Queued: -1} })
	s.Conn.SetProtocol(2)
	s.Deauthenticate()
}
