package resp

import "context"

// Pulse returns nil when every event loop has gone round since it was called, and
// ctx's error when one has not until ctx ends. Connections are no part of it: it
// tells the same however many there are, and whoever they are.
func (s *Server) Pulse(ctx context.Context) error {
	s.mu.Lock() // whoever connects needs it, too
	loops := s.mu.loops
	s.mu.Unlock()
	for _, l := range loops {
		select {
		case <-l.pulse():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
