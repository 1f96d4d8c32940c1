package engine

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// monitors are the sessions that see all commands. One that does not keep up is
// disconnected; nobody waits for it.
type monitors struct {
	n   atomic.Int32 // how many: all that commands look at
	mu  sync.Mutex
	all map[*Session]struct{}
}

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
	for _, w := range c.redacted(words) {
		line = appendQuoted(append(line, ' '), w)
	}
	message := resp.NewMessage(2) // the form of a line is the same in RESP3
	message.SimpleString(string(line))
	m.mu.Lock()
	defer m.mu.Unlock()
	for to := range m.all {
		to.Push(message)
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
