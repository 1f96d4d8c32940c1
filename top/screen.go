package top

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// screen is what is shown, and what was typed. It belongs to the loop of its program.
type screen struct {
	server string
	views  chan view // to the feed; there is room for one
	asked  view
	asks   int // how often something else is to be asked for

	width, height int

	// What came last, nil before it.
	state    *state
	prefixes *prefixes
	map_     *occupancy
	cursors  *cursors // of the chosen prefix
	clients  *clients
	paces    paces
	cpu      load
	link     error // why the server is not reached; nil: it is

	match, sort string
	offset      int
	cursor      int    // of the rows shown
	chosen      string // the ID of the row there, "" for whatever will be there

	typing, showClients, paused, help bool
}

func newScreen(server string, match, sort string) *screen {
	return &screen{server: server, views: make(chan view, 1), paces: make(paces), match: match, sort: sort}
}

func (s *screen) Init() tea.Cmd { return nil }

// settled says that nothing else was asked for lately.
type settled int

// Update takes in what has come, and what was typed.
func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
		return s, s.ask()
	case tea.KeyPressMsg:
		return s, s.key(m)
	case tea.PasteMsg:
		if s.typing {
			return s, s.typed(m.Content)
		}
	case settled:
		if int(m) == s.asks && s.view() != s.asked {
			s.asked = s.view()
			select { // an older wish that nobody has seen
			case <-s.views:
			default:
			}
			s.views <- s.asked
		}
	case told:
		return s, s.answer(m)
	}
	return s, nil
}

// answer takes in what has come, unless somebody is looking at what came before.
func (s *screen) answer(t told) tea.Cmd {
	s.link = nil
	if no, is := t.what.(lost); is {
		s.link = no.why
	}
	if s.paused {
		return nil
	}
	switch m := t.what.(type) {
	case *state:
		s.cpu.note(m, s.state)
		knew := s.knowsStore()
		s.state = m
		if s.knowsStore() != knew {
			return s.ask() // its line takes the room of a row
		}
	case *prefixes:
		if t.to.match != s.match || t.to.sort != s.sort || t.to.offset != s.offset {
			return nil // that was wanted before
		}
		s.paces.note(m)
		s.prefixes = m
		return s.follow()
	case *occupancy:
		if m.ID == s.chosen {
			s.map_ = m
		}
	case *cursors:
		if t.to.prefix == s.chosen {
			s.cursors = m
		}
	case *clients:
		s.clients = m
	case gone:
		s.map_, s.cursors = nil, nil
	}
	return nil
}

// follow keeps the cursor on its prefix, wherever that stands now.
func (s *screen) follow() tea.Cmd {
	rows := s.prefixes.Rows
	if at := slices.IndexFunc(rows, func(p prefix) bool { return p.ID == s.chosen }); at >= 0 {
		s.cursor = at
		return nil
	}
	return s.choose(s.cursor)
}

// other shows other prefixes, with the cursor on one of the rows that will be there.
func (s *screen) other(match, sort string, offset, row int) tea.Cmd {
	s.match, s.sort, s.offset = match, sort, offset
	s.cursor, s.chosen, s.map_, s.cursors = row, "", nil, nil
	return s.ask()
}

// choose moves the cursor to a row, or as near as there is one.
func (s *screen) choose(row int) tea.Cmd {
	s.cursor, s.chosen, s.map_, s.cursors = 0, "", nil, nil
	if s.prefixes != nil && len(s.prefixes.Rows) > 0 {
		s.cursor = min(max(row, 0), len(s.prefixes.Rows)-1)
		s.chosen = s.prefixes.Rows[s.cursor].ID
	}
	return s.ask()
}

// ask has the feed ask for what is to be seen now, when nothing else has been for a moment:
// who types asks for the whole word.
func (s *screen) ask() tea.Cmd {
	const moment = 100 * time.Millisecond
	s.asks++
	asks := s.asks
	return tea.Tick(moment, func(time.Time) tea.Msg { return settled(asks) })
}

func (s *screen) view() view {
	l := s.layout()
	v := view{match: s.match, sort: s.sort, offset: s.offset, limit: max(l.rows, 1), clients: l.clients > 0}
	if l.strip > 0 {
		v.prefix, v.cells = s.chosen, s.cellsWide()*(l.strip-2)
	}
	return v
}

// load is what part of a processor the server takes.
type load struct {
	cores float64
	known bool
}

func (l *load) note(now, before *state) {
	if before == nil || before.RunID != now.RunID || now.Now <= before.Now {
		return
	}
	l.cores, l.known = (now.CPU.Seconds-before.CPU.Seconds)/(now.Now-before.Now), true
}
