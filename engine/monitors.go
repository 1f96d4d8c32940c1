package engine

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/resp"
)

// monitors are the sessions that see all commands. One that does not keep up is
// disconnected; nobody waits for it, nor for a goroutine that shows the lines to
// all of them, however many they are.
type monitors struct {
	n   atomic.Int32 // how many: all that commands look at
	mu  sync.Mutex   // held while lines are shown
	all map[*Session]struct{}

	lines struct {
		sync.Mutex
		waiting *resp.Message // nil for none
		bytes   int
		missed  bool // there were too many
		showing bool // a goroutine is at work, and looks again before it ends
	}
}

const (
	// maxLines is how many bytes of lines may wait for others to be shown.
	maxLines = 8 << 20
	// shownBytes is what a byte of a command takes at most while its line is made:
	// four letters in it, twice.
	shownBytes = 8
	// shortLine is what a line takes for which nobody is asked.
	shortLine = 64 << 10
)

// Monitor shows the client every command from here on, behind the reply at hand:
// nothing is sent to it amid its own replies.
func (s *Session) Monitor() {
	if s.Profile().Monitor {
		return
	}
	s.OpenPush()
	s.Describe(func(p *Profile) { p.Monitor = true })
	m := &s.engine.monitors
	m.mu.Lock()
	defer m.mu.Unlock()
	m.show() // what is before from here on is for the others
	if m.all == nil {
		m.all = make(map[*Session]struct{})
	}
	m.all[s] = struct{}{}
	m.n.Store(int32(len(m.all)))
}

// remove makes s none of the monitors, if it is one.
func (m *monitors) remove(s *Session) {
	if !s.Profile().Monitor {
		return
	}
	s.Describe(func(p *Profile) { p.Monitor = false })
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, s)
	m.n.Store(int32(len(m.all)))
}

// feed shows the monitors a command of s.
func (m *monitors) feed(s *Session, c *Command, words [][]byte) {
	now := time.Now().UnixMicro()
	line := make([]byte, 0, 128)
	line = strconv.AppendInt(line, now/1e6, 10)
	line = append(line, '.')
	line = strconv.AppendInt(line, 1e6+now%1e6, 10)
	line = append(line[:len(line)-7], line[len(line)-6:]...) // the 1 kept the zeros
	line = append(line, " [0 "...)
	if path := s.UnixSocket(); path != "" {
		line = append(append(line, "unix:"...), path...)
	} else {
		line = append(line, s.RemoteAddr()...)
	}
	line = append(line, ']')
	words = c.redacted(words)
	size := 0
	for _, w := range words {
		size += shownBytes * len(w)
	}
	if size > shortLine && !s.Keep(resp.Collected, size) {
		for _, w := range kept(words) { // as the slow log has it
			line = appendQuoted(append(line, ' '), []byte(w))
		}
	} else {
		for _, w := range words {
			line = appendQuoted(append(line, ' '), w)
		}
		if size > shortLine {
			defer s.Release(size)
		}
	}
	m.add(unsafe.String(unsafe.SliceData(line), len(line))) // nobody changes it any more
}

// add has a line shown soon. Lines that nobody can show so fast end the monitors;
// who has seen all is not behind, however long the next line is.
func (m *monitors) add(line string) {
	l := &m.lines
	l.Lock()
	defer l.Unlock()
	if l.missed = l.missed || l.bytes > maxLines; l.missed {
		return
	}
	if l.waiting == nil {
		l.waiting = resp.NewMessage(2) // the form of a line is the same in RESP3
	}
	l.waiting.SimpleString(line)
	l.bytes += len(line)
	if !l.showing {
		l.showing = true
		go m.showAll()
	}
}

// showAll shows lines until none waits.
func (m *monitors) showAll() {
	for more := true; more; {
		m.mu.Lock()
		m.show()
		m.mu.Unlock()
		l := &m.lines
		l.Lock()
		more = l.waiting != nil
		l.showing = more
		l.Unlock()
	}
}

// show shows the lines that wait. m.mu is held.
func (m *monitors) show() {
	l := &m.lines
	l.Lock()
	message, missed := l.waiting, l.missed
	l.waiting, l.bytes, l.missed = nil, 0, false
	l.Unlock()
	if message == nil {
		return
	}
	for to := range m.all {
		if missed {
			to.Kill()
		} else {
			to.Push(message)
		}
	}
}

// appendQuoted appends b in quotes, with escapes for what a terminal or a
// parser of the line would trip over, as Redis does.
func appendQuoted(line, b []byte) []byte {
	const hex = "0123456789abcdef"
	line = append(line, '"')
	for _, ch := range b {
		switch {
		case ch == '"' || ch == '\\':
			line = append(line, '\\', ch)
		case ch == '\n':
			line = append(line, `\n`...)
		case ch == '\r':
			line = append(line, `\r`...)
		case ch == '\t':
			line = append(line, `\t`...)
		case ch == '\a':
			line = append(line, `\a`...)
		case ch == '\b':
			line = append(line, `\b`...)
		case ch < ' ' || ch > '~':
			line = append(line, '\\', 'x', hex[ch>>4], hex[ch&15])
		default:
			line = append(line, ch)
		}
	}
	return append(line, '"')
}
