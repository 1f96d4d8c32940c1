package top

import (
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
