package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// supervisor is who has started the server and wants to know how it goes: systemd,
// or who speaks as it does (sd_notify). Its methods may be called at any time, and
// those of nil tell nobody.
type supervisor struct {
	send     func(message string) // which may get lost
	now      func() time.Duration // by the clock that it knows
	patience time.Duration        // it ends a server that does not say for so long that all is well; 0: it waits

	trouble atomic.Pointer[error] // why changes are refused; nil, or a nil in it: they are not
}

// goesOn is how much longer than it says a start may take when it goes on.
const goesOn = time.Minute

// tell sends assignments.
func (s *supervisor) tell(assignments ...string) {
	if s != nil {
		s.send(strings.Join(assignments, "\n"))
	}
}

// does is what the server does now, in words for people.
func does(what string) string { return "STATUS=" + strings.ReplaceAll(what, "\n", " ") }

// extends asks for more time than the supervisor gives by itself.
func extends(by time.Duration) string {
	return "EXTEND_TIMEOUT_USEC=" + strconv.FormatInt(by.Microseconds(), 10)
}

// loading says that the start takes its time.
func (s *supervisor) loading(read, total int64) {
	s.tell(does(fmt.Sprintf("loading: %d %%", 100*read/max(total, 1))), extends(goesOn))
}

// serving says that clients are served.
func (s *supervisor) serving() {
	if s != nil {
		s.tellServed("READY=1")
	}
}

// refusing says that changes are refused, and why, or with nil that they are not.
func (s *supervisor) refusing(why error) {
	if s != nil {
		s.trouble.Store(&why)
		s.tellServed()
	}
}

// tellServed says how clients are served. Of two at a time each may be the last,
// so who has said what is so no longer says it again.
func (s *supervisor) tellServed(also ...string) {
	for ; ; also = nil {
		said, how := s.trouble.Load(), "serving"
		if said != nil && *said != nil {
			how = "refusing changes: " + (*said).Error()
		}
		s.tell(append(also, does(how))...)
		if s.trouble.Load() == said {
			return
		}
	}
}

// reloading says that settings are read again, and reloaded that they have been.
func (s *supervisor) reloading() {
	if s != nil {
		s.tell("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", s.now().Microseconds()))
	}
}

func (s *supervisor) reloaded() { s.tell("READY=1") }

// stopping says that the server ends, within some time.
func (s *supervisor) stopping(within time.Duration) {
	s.tell("STOPPING=1", does("stopping"), extends(within+2*lastLines))
}

// watch says that all is well whenever pulse does, until ctx ends. A server that
// does not answer says nothing, and is ended.
func (s *supervisor) watch(ctx context.Context, pulse func(context.Context) error, log zerolog.Logger) {
	if s == nil || s.patience == 0 {
		return
	}
	often := s.patience / 3
	next := time.NewTicker(often)
	defer next.Stop()
	for {
		limited, cancel := context.WithTimeout(ctx, often)
		err := pulse(limited)
		cancel()
		if err == nil {
			s.tell("WATCHDOG=1")
		} else if ctx.Err() == nil {
			log.Error().Dur("for", often).Msg("an event loop does not go round: the supervisor is not told that all is well")
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
	}
}
