package top

import (
	"slices"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// sorts are the orders that a server knows.
var sorts = []string{"count", "full", "claims", "memory", "name"}

// lastRow is how far into an order the server tells.
const lastRow = 10_000

// keysHelp is what keys do, for whoever asks.
var keysHelp = [][2]string{
	{"↑ ↓  k j", "choose a prefix"},
	{"PgUp PgDn", "a page back, a page on"},
	{"Home End  g G", "the first page; the last row of this one"},
	{"/", "search: a part of the name, or a glob with * ? [ ]"},
	{"Esc", "end the search"},
	{"s", "sort by count, full, claims, memory, name"},
	{"c", "clients, those that did something last"},
	{"p", "pause, and go on"},
	{"?", "this help"},
	{"q  Ctrl-C", "quit"},
}

func (s *screen) key(k tea.KeyPressMsg) tea.Cmd {
	if s.typing {
		return s.keyOfSearch(k)
	}
	page := max(s.layout().rows, 1)
	switch k.String() {
	case "q", "ctrl+c":
		return tea.Quit
	case "ctrl+z":
		return tea.Suspend
	case "?", "h":
		s.help = !s.help
	case "p", "space":
		s.paused = !s.paused
	case "c":
		s.showClients = !s.showClients
		return s.ask()
	case "s":
		return s.other(s.match, sorts[(slices.Index(sorts, s.sort)+1)%len(sorts)], 0, 0)
	case "/":
		s.typing, s.help = true, false
	case "esc":
		if s.help {
			s.help = false
			return nil
		}
		return s.search("")
	case "up", "k":
		return s.move(-1)
	case "down", "j":
		return s.move(1)
	case "pgup", "ctrl+b":
		return s.turn(-page, 0)
	case "pgdown", "ctrl+f":
		return s.turn(page, 0)
	case "home", "g":
		return s.turn(-s.offset, 0)
	case "end", "G":
		return s.choose(page)
	}
	return nil
}

func (s *screen) keyOfSearch(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "ctrl+c":
		return tea.Quit
	case "enter":
		s.typing = false
	case "esc":
		s.typing = false
		return s.search("")
	case "backspace", "ctrl+h":
		_, last := utf8.DecodeLastRuneInString(s.match)
		return s.search(s.match[:len(s.match)-last])
	case "ctrl+u":
		return s.search("")
	default:
		return s.typed(k.Text)
	}
	return nil
}

// typed adds to what is searched for.
func (s *screen) typed(text string) tea.Cmd {
	const longest = 200
	if text = clean(text); text == "" || len(s.match)+len(text) > longest {
		return nil
	}
	return s.search(s.match + text)
}

func (s *screen) search(match string) tea.Cmd {
	if match == s.match {
		return nil
	}
	return s.other(match, s.sort, 0, 0)
}

// move moves the cursor, to another page at the end of this one.
func (s *screen) move(by int) tea.Cmd {
	if s.prefixes == nil {
		return nil
	}
	page := max(s.layout().rows, 1)
	switch to := s.cursor + by; {
	case to < 0:
		return s.turn(-page, page-1)
	case to >= len(s.prefixes.Rows):
		return s.turn(page, 0)
	default:
		return s.choose(to)
	}
}

// turn shows the rows that lie so far on, if there are any, with the cursor on one of them. At
// an end it goes there.
func (s *screen) turn(by, row int) tea.Cmd {
	if s.prefixes == nil {
		return nil
	}
	page := max(s.layout().rows, 1)
	to := max(s.offset+by, 0)
	switch {
	case by > 0 && (uint64(to) >= s.prefixes.Matched || to+page > lastRow):
		return s.choose(len(s.prefixes.Rows) - 1)
	case to == s.offset && by <= 0:
		return s.choose(0)
	}
	return s.other(s.match, s.sort, to, row)
}
