package commands

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// MONITOR
var monitorSpec = &Spec{
	Name: "MONITOR", Arity: 1, Flags: []string{"admin"},
	Long:       true,
	Group:      groupServer,
	Summary:    "Shows every command that any connection sends, until RESET.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK, then a line for each command",
	Run:        (*Commands).monitor,
}

// monitors are the connections that see all commands. A monitor that does not
// keep up is disconnected; nobody waits for it.
type monitors struct {
	n   atomic.Int32 // how many: all that commands look at
	mu  sync.Mutex
	all map[*resp.Conn]struct{}
}

func (x *Commands) monitor(c *resp.Conn, _ [][]byte) error {
	c.OK()
	if c.Profile().Monitor {
		return nil
	}
	c.OpenPush()
	if s := sessionOf(c); !s.watched {
		s.watched = true
		c.OnClose(func() { x.monitors.remove(c) })
	}
	c.Describe(func(p *resp.Profile) { p.Monitor = true })
	// Lines are queued from here on, and go out behind the OK: nothing is sent
	// to this connection amid its own replies.
	m := &x.monitors
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = make(map[*resp.Conn]struct{})
	}
	m.all[c] = struct{}{}
	m.n.Store(int32(len(m.all)))
	return nil
}

func (m *monitors) remove(c *resp.Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, c)
	m.n.Store(int32(len(m.all)))
}

// feed shows the monitors a command of c.
func (m *monitors) feed(c *resp.Conn, spec *Spec, args [][]byte) {
	now := time.Now().UnixMicro()
	line := make([]byte, 0, 128)
	line = append(line, '+')
	line = strconv.AppendInt(line, now/1e6, 10)
	line = append(line, '.')
	line = strconv.AppendInt(line, 1e6+now%1e6, 10)
	line = append(line[:len(line)-7], line[len(line)-6:]...) // the 1 kept the zeros
	line = append(line, " [0 "...)
	line = append(line, c.RemoteAddr()...)
	line = append(line, ']')
	for i, a := range args {
		line = append(line, ' ')
		if spec.secret(args, i) {
			line = append(line, `"(redacted)"`...)
		} else {
			line = appendQuoted(line, a)
		}
	}
	line = append(line, "\r\n"...)
	m.mu.Lock()
	defer m.mu.Unlock()
	for to := range m.all {
		to.Push(line)
	}
}

// secret tells whether word i of a command is a password or the user's name.
func (s *Spec) secret(args [][]byte, i int) bool {
	switch s.Name {
	case "AUTH":
		return i > 0
	case "HELLO":
		for at := 2; at < i && at+2 < len(args)+1; at++ {
			if is(args[at], "AUTH") && i <= at+2 {
				return true
			}
		}
	}
	return false
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
