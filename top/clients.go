package top

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/x/ansi"
)

// clientLines are the clients, below a blank line and a title.
func (s *screen) clientLines() []string {
	if s.clients == nil {
		return nil
	}
	lines := []string{"", strong.of(clientLine(s.width, "CLIENT", "ADDRESS", "LAST", "IDLE", "COMMANDS", "CONNECTED", "NAME"))}
	for i := range s.clients.Clients {
		c := &s.clients.Clients[i]
		name := c.Name
		if name == "" {
			name = c.Library
		}
		lines = append(lines, clientLine(s.width, strconv.FormatUint(c.ID, 10), clean(c.Address), clean(c.Command), span(c.Idle),
			whole(c.Commands, 12), span(c.Connected), clean(name)))
	}
	return lines
}

// clientLine is as much of a client as there is room for.
func clientLine(width int, id, address, command, idle, commands, connected, name string) string {
	text := "  " + fit(id, 6, true)
	for _, part := range []struct {
		text  string
		width int
		right bool
	}{{address, 21, false}, {command, 14, false}, {idle, 7, true}, {commands, 12, true}, {connected, 9, true}, {name, 20, false}} {
		if ansi.StringWidth(text)+2+part.width > width {
			break
		}
		text += "  " + fit(part.text, part.width, part.right)
	}
	return text
}

// lastLine says what part of the prefixes is shown, and what can be done.
func (s *screen) lastLine() string {
	if s.typing {
		return strong.of("/"+s.match+"▏") + weak.of("  Enter: keep, Esc: all")
	}
	what := ""
	if p := s.prefixes; p != nil && len(p.Rows) > 0 {
		what = fmt.Sprintf("%d–%d of %s", p.Offset+1, p.Offset+len(p.Rows), whole(p.Matched, 12))
		if p.Matched < p.Total {
			what += " found in " + whole(p.Total, 12)
		}
	}
	search, old := "", ""
	if s.match != "" {
		search = "/" + clean(s.match)
	}
	if p := s.prefixes; p != nil && p.Surveyed > 5 {
		old = "sorted " + span(p.Surveyed) + " ago"
	}
	return weak.of(line(s.width-2, "  "+what, "by "+s.sort, search, "? help", "q quit", "/ search", "s sort", "c clients", "p pause", old))
}
