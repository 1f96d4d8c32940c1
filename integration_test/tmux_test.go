package integration_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// screen is a terminal of a certain size with a shell in it: tmux draws what programs write, and tells it.
type screen struct {
	t      *testing.T
	socket string
}

// startScreen starts a shell, which runs the line and then stays.
func startScreen(t *testing.T, width, height int, line string) *screen {
	t.Helper()
	requireProgram(t, "tmux", "tmux")
	s := &screen{t, filepath.Join(t.TempDir(), "tmux")}
	s.tmux("new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "PS1='$ ' exec sh")
	t.Cleanup(func() {
		if t.Failed() {
			evidence(t, "the screen", s.shown())
		}
		s.tmux("kill-server")
	})
	s.types("clear; "+line, "Enter")
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-S", s.socket}, args...)...)
	cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color")
	output, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v\n%s", args, err, output)
	}
	return string(output)
}

// types strikes keys, by tmux's names for those that have one.
func (s *screen) types(keys ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, keys...)...)
}

func (s *screen) shown() string { return s.tmux("capture-pane", "-p") }

// mustShow waits until all of the texts stand on the screen, and returns it.
func (s *screen) mustShow(texts ...string) (shown string) {
	s.t.Helper()
	return s.mustSee(fmt.Sprintf("the screen shows %q", texts), func(shown string) bool {
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				return false
			}
		}
		return true
	})
}

func (s *screen) mustSee(what string, condition func(shown string) bool) (shown string) {
	s.t.Helper()
	eventually(s.t, what, func() bool {
		shown = s.shown()
		return condition(shown)
	})
	return shown
}

// line is the line of the screen with a text, "" if there is none.
func lineWith(shown, text string) string {
	for line := range strings.Lines(shown) {
		if strings.Contains(line, text) {
			return strings.TrimRight(line, "\n")
		}
	}
	return ""
}
