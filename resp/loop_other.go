//go:build !linux

package resp

import (
	"net"
	"time"
)

// DefaultLoops is 0: event loops are there on Linux.
func DefaultLoops() int { return 0 }

type loop struct{}

func (*loop) pulse() <-chan struct{} { return nil }

func (s *Server) serveLoops(ln *net.TCPListener) error { return s.serveRedcon(ln, nil) }

func (s *Server) startLoops() error { return nil }

func (s *Server) rouseLoops() {}

func (s *Server) loopTimes() (system, user time.Duration, ok bool) { return 0, 0, false }

// threadTime is for loops.
func threadTime() time.Duration { return 0 }
