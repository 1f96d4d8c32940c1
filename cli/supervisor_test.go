package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// heard is a supervisor that keeps what it is told.
type heard struct {
	supervisor
	mu       sync.Mutex
	messages []string
}

func hearing(patience time.Duration) *heard {
	h := new(heard)
	h.patience = patience
	h.send = func(message string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.messages = append(h.messages, message)
	}
	return h
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.messages)
}

// A server that does not answer does not say that it does, and says so again when it does again.
func TestSupervisor_WatchesThePulse(t *testing.T) {
	h := hearing(30 * time.Millisecond)
	ctx, stop := context.WithCancel(t.Context())
	beats, dead := make(chan bool), errors.New("no loop goes round")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		good := 0
		h.watch(ctx, func(ctx context.Context) error {
			if _, limited := ctx.Deadline(); !limited {
				t.Error("a pulse that nobody limits")
			}
			if all := h.all(); len(all) != good {
				t.Errorf("after %d good ones it was told %q", good, all)
			}
			if !<-beats {
				return dead
			}
			good++
			return nil
		}, zerolog.Nop())
	}()
	for _, alive := range []bool{true, false, false, true} {
		beats <- alive
	}
	beats <- false
	stop()
	select {
	case <-ended:
	case beats <- false:
		<-ended
	}
	if got := h.all(); !slices.Equal(got, []string{"WATCHDOG=1", "WATCHDOG=1"}) {
		t.Errorf("it was told %q", got)
	}
}

func TestSupervisor_OneWhoDoesNotWatch(t *testing.T) {
	for _, s := range []*supervisor{nil, &hearing(0).supervisor} {
		s.watch(t.Context(), func(context.Context) error { t.Error("asked for a pulse"); return nil }, zerolog.Nop())
	}
}

// Nobody is told of anything.
func TestSupervisor_Nobody(t *testing.T) {
	var s *supervisor
	s.loading(1, 2)
	s.serving()
	s.refusing(errors.New("no room"))
	s.reloading()
	s.reloaded()
	s.stopping(time.Second)
}

func TestSupervisor_TellsWhatIsSo(t *testing.T) {
	h := hearing(0)
	h.now = func() time.Duration { return 5 * time.Millisecond }
	h.loading(12, 100)
	h.loading(0, 0)
	h.refusing(errors.New("write x:\nno space"))
	h.serving()
	h.refusing(nil)
	h.reloading()
	h.reloaded()
	h.stopping(8 * time.Second)
	want := []string{
		"STATUS=loading: 12 %\nEXTEND_TIMEOUT_USEC=60000000",
		"STATUS=loading: 0 %\nEXTEND_TIMEOUT_USEC=60000000",
		"STATUS=refusing changes: write x: no space",
		"READY=1\nSTATUS=refusing changes: write x: no space", // also when they were before it served
		"STATUS=serving",
		"RELOADING=1\nMONOTONIC_USEC=5000",
		"READY=1",
		"STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=10000000",
	}
	if got := h.all(); !slices.Equal(got, want) {
		t.Errorf("it was told\n%s\nwant\n%s", strings.Join(got, "\n\n"), strings.Join(want, "\n\n"))
	}
}

// Of two who tell at a time the slower one may be told what was so before: then it hears again what is so.
func TestSupervisor_TheLastIsSo(t *testing.T) {
	h := hearing(0)
	send := h.send
	h.send = func(message string) {
		h.send = send
		h.refusing(errors.New("no room")) // meanwhile
		send(message)
	}
	h.serving()
	if all := h.all(); all[len(all)-1] != "STATUS=refusing changes: no room" {
		t.Errorf("it was told %q", all)
	}
}
