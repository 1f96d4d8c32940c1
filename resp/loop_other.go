//go:build !linux

package resp

import (
	"net"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// DefaultLoops is 0: event loops are there on Linux.
func DefaultLoops() int { return 0 }

type loop struct{}

func (*loop) pulse() <-chan struct{} { return nil }

func (s *Server) serveLoops(ln *net.TCPListener) error { return s.serveRedcon(ln, nil) }

func (s *Server) startLoops() error { return nil }

func (s *Server) rouseLoops() {}

func (s *Server) loopTimes() observe.Loops { return observe.Loops{} }

// threadTime is for loops.
func threadTime() time.Duration { return 0 }
