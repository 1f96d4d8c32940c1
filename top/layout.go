package top

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// layout is how many lines each part of the screen has at most; titles count, and the blank line
// between two parts.
type layout struct {
	header, rows, strip, clients int
}

// mostRows is how many a server tells at a time.
const mostRows = 200

// layout gives the parts their room. The rows come first, then what says more.
func (s *screen) layout() layout {
	l := layout{header: 3}
	switch {
	case s.height < 10:
		l.header = 1
	case s.height >= 12 && s.knowsStore():
		l.header = 4
	}
	rest := s.height - l.header - 2 // the title of the rows, and the last line
	if s.showClients && rest >= 8 {
		l.clients = rest / 2
	}
	switch rest -= l.clients; {
	case rest >= 30:
		l.strip = 6
	case rest >= 16:
		l.strip = 4
	case rest >= 8:
		l.strip = 3
	}
	l.rows = min(max(rest-l.strip, 0), mostRows)
	return l
}

// View draws the screen.
func (s *screen) View() tea.View {
	v := tea.NewView(strings.Join(s.lines(), "\n"))
	v.AltScreen = true
	v.WindowTitle = "prefixtracker top"
	return v
}

// lines are all lines, none wider than the screen.
func (s *screen) lines() []string {
	l := s.layout()
	lines := s.headerLines(l.header)
	var parts []string
	if s.help {
		parts = s.helpLines()
	} else {
		parts = append(first(s.tableLines(), l.rows+1), first(s.stripLines(l.strip), l.strip)...)
		parts = append(parts, first(s.clientLines(), l.clients)...)
	}
	lines = append(lines, block(parts, s.height-l.header-1)...)
	lines = append(lines, s.lastLine())
	if len(lines) > s.height {
		lines = lines[:max(s.height, 0)]
	}
	for i := range lines {
		lines[i] = ansi.Truncate(lines[i], max(s.width, 0), "")
	}
	return lines
}

// first are the first lines, so many at most.
func first(lines []string, height int) []string { return lines[:min(len(lines), max(height, 0))] }

// block is exactly so many lines.
func block(lines []string, height int) []string {
	return append(first(lines, height), make([]string, max(height-len(lines), 0))...)
}

// line puts parts beside each other, as many as there is room for: the first say more.
func line(width int, parts ...string) string {
	const between = " · "
	text := ""
	for _, part := range parts {
		switch {
		case part == "":
		case text == "":
			text = part
		case ansi.StringWidth(text)+ansi.StringWidth(between)+ansi.StringWidth(part) <= width:
			text += between + part
		}
	}
	return text
}

func (s *screen) helpLines() []string {
	var lines []string
	for _, k := range keysHelp {
		lines = append(lines, "  "+strong.of(fit(k[0], 15, false))+k[1])
	}
	return lines
}
