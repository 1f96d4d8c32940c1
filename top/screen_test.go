package top

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// screenOf is a screen of that size after a server has told of so many prefixes.
func screenOf(t *testing.T, width, height, rows int) *screen {
	t.Helper()
	s := newScreen("127.0.0.1:7172", "", "count")
	s.Update(tea.WindowSizeMsg{Width: width, Height: height})
	var st state
	mustRead(t, `{"version":"1.2.3","ready":true,"run_id":"x","uptime_seconds":93784,"now":10,"clients":{"connected":12,"max":10000},
		"traffic":{"commands_per_second":1234567.5,"errors":3},"memory":{"trackers":1000000,"limit":64000000},"journal":{"enabled":true,"bytes":123456}}`, &st)
	answer := &prefixes{Now: 10, Total: 1000, Matched: 1000}
	for i := range rows {
		bound, free := uint64(1000), uint64(1000-i%1001)
		p := prefix{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("prefix-漢字-%d:", i), Count: uint64(i), Memory: 1e9, Claims: 1 << 60, Leased: uint64(i) << 40}
		if i%2 == 0 {
			p.Bound, p.Free = &bound, &free
		}
		answer.Rows = append(answer.Rows, p)
	}
	s.tell(&st)
	s.tell(answer)
	s.tell(&occupancy{ID: s.chosen, Name: "p", Max: 1 << 48, Cell: 1 << 40, Cells: make([]uint64, 1<<8), Flight: make([]uint64, 1<<8)})
	s.map_.Flight[7] = 1 << 40
	var passes cursors
	mustRead(t, `{"cursors":[{"name":"漢字","progress":0.5},{"name":"`+strings.Repeat("long", 50)+`","progress":1}]}`, &passes)
	s.Update(told{view{prefix: s.chosen}, &passes})
	s.tell(&clients{Connected: 1, Clients: []client{{ID: 1 << 60, Address: "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535", Name: strings.Repeat("漢", 50)}}})
	return s
}

func (s *screen) tell(what any) {
	s.Update(told{view{match: s.match, sort: s.sort, offset: s.offset}, what})
}

func mustRead(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// Whatever the size of the terminal, the screen has it exactly, and shows something.
func TestScreen_HasTheSizeOfTheTerminal(t *testing.T) {
	for _, rows := range []int{0, 1, 100} {
		for _, part := range []func(*screen){
			func(*screen) {},
			func(s *screen) { s.showClients = true },
			func(s *screen) { s.help = true },
			func(s *screen) { mustRead(t, storeState, s.state) },
			func(s *screen) { s.typing, s.match = true, strings.Repeat("漢", 66) },
			func(s *screen) { s.link = fmt.Errorf("%s", strings.Repeat("lost ", 50)) },
		} {
			for width := 0; width < 150; width += 1 + width/10 {
				for height := 0; height < 60; height += 1 + height/6 {
					s := screenOf(t, width, height, rows)
					part(s)
					lines := s.lines()
					if len(lines) > height || height > 1 && len(lines) != height {
						t.Fatalf("%d×%d, %d rows: %d lines", width, height, rows, len(lines))
					}
					for _, l := range lines {
						if ansi.StringWidth(l) > width {
							t.Fatalf("%d×%d: %q is too wide", width, height, l)
						}
					}
				}
			}
		}
	}
	for _, small := range []int{40, 20} {
		s := screenOf(t, small, 8, 3)
		if text := ansi.Strip(strings.Join(s.lines(), "\n")); !strings.Contains(text, "ready") || !strings.Contains(text, "› prefix-漢字") {
			t.Errorf("%d columns show\n%s", small, text)
		}
	}
}

// storeState is what a server with a store has in its state besides.
const storeState = `{"sync":{"store":"redis://127.0.0.1:6379/0","follow":{"on":true,"primaries":3,"connected":3,"gaps":2,"dropped":7,"lag_seconds":0.25},
	"jobs":[{"prefix":"漢字:","mode":"verify","state":"done","stale":500,"missing":300,"left":800}]}}`

// The line of the store is there where there is a store, and takes the room of a row.
func TestScreen_Store(t *testing.T) {
	s := screenOf(t, 150, 30, 100)
	shows := func(want string) {
		t.Helper()
		if text := ansi.Strip(strings.Join(s.lines(), "\n")); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	rows := s.view().limit
	if text := strings.Join(s.lines(), "\n"); strings.Contains(text, "store") {
		t.Errorf("without a store:\n%s", text)
	}
	st := *s.state
	mustRead(t, storeState, &st)
	if asks := s.asks; s.answer(told{s.view(), &st}) == nil || s.asks == asks || s.view().limit != rows-1 {
		t.Errorf("%d rows are asked for beside the line, %d without it", s.view().limit, rows)
	}
	shows("store redis://127.0.0.1:6379/0 · followed, 0.2s behind · verify 漢字: 500 stale, 300 missing · 2 gaps, 7 events dropped\n")
	y, f := &s.state.Sync.Jobs[0], &s.state.Sync.Follow
	for want, change := range map[string]func(){
		"· verify 漢字: agrees":                      func() { y.Stale, y.Missing = 0, 0 },
		"· repair 漢字: 7 put right":                 func() { y.Mode, y.Stale, y.Repaired, y.Left = "repair", 7, 7, 0 },
		"· repair (dry run) 漢字: 7 stale, 300":      func() { y.Mode, y.Stale, y.DryRun = "repair", 7, true },
		"· load 漢字: 41%":                           func() { y.Mode, y.State, y.Progress = "load", "running", 0.41 },
		"· load 漢字: failed: refused":               func() { y.Mode, y.State, y.Error = "load", "failed", "refused" },
		"agrees, not all of the store was reached": func() { y.Stale, y.Missing, y.Unknown = 0, 0, "slots 0-5460" },
		"· 2 of 3 primaries heard ·":               func() { f.Connected = 2 },
		"· 0 of 0 primaries heard ·":               func() { f.Connected, f.Primaries = 0, 0 },
		"· catching up ·":                          func() { f.CatchingUp = true },
		"store redis://other · verify":             func() { s.state.Sync.Store, y.Store, f.On = "", "redis://other", false },
	} {
		job, following, store := *y, *f, s.state.Sync.Store
		change()
		shows(want)
		*y, *f, s.state.Sync.Store = job, following, store
	}
	if text := s.print(); !strings.Contains(text, "\nstore redis://127.0.0.1:6379/0 · ") {
		t.Errorf("it prints\n%s", text)
	}
}

// What others call things does nothing to a terminal.
func TestScreen_ObeysNoName(t *testing.T) {
	const evil = "\x1b[2J\x1b]0;owned\x07\r\n\u202e\u200b\x9b\xff\t"
	s := screenOf(t, 200, 60, 3)
	s.showClients, s.link = true, fmt.Errorf("%s", evil)
	s.server, s.match = "x", clean(evil)
	for i := range s.prefixes.Rows {
		s.prefixes.Rows[i].Name = evil
	}
	s.cursors.Cursors[0].Name = evil
	s.map_.Name, s.state.Version = evil, evil
	c := &s.clients.Clients[0]
	c.Address, c.Name, c.Library, c.Command = evil, evil, evil, evil
	mustRead(t, storeState, s.state)
	s.state.Sync.Store = evil
	y := &s.state.Sync.Jobs[0]
	y.Prefix, y.Store, y.Mode, y.Error, y.Unknown = evil, evil, "load"+evil, evil, evil
	for _, ready := range []bool{true, false} {
		y.State = map[bool]string{true: "failed", false: evil}[ready]
		s.state.Ready, s.state.Reason = ready, evil
		for _, l := range s.lines() {
			for _, r := range ansi.Strip(l) {
				if clean(string(r)) != string(r) {
					t.Errorf("%q has a %q", l, r)
				}
			}
			if strings.Contains(l, "[2J") && !strings.Contains(l, "?[2J") || strings.Contains(l, "\x1b]") {
				t.Errorf("%q has a sequence of its own", l)
			}
		}
		s.link = nil
	}
}

// The cursor stays on its prefix when others overtake it, and near its place when it goes.
func TestScreen_CursorFollowsItsPrefix(t *testing.T) {
	s := screenOf(t, 80, 24, 3)
	s.Update(tea.KeyPressMsg{Code: tea.KeyDown})
	if s.chosen != "p1" {
		t.Fatalf("%q is chosen", s.chosen)
	}
	rows := s.prefixes.Rows
	s.tell(&prefixes{Now: 11, Rows: []prefix{rows[2], rows[0], rows[1]}})
	if s.cursor != 2 || s.chosen != "p1" {
		t.Errorf("%q is chosen in row %d", s.chosen, s.cursor)
	}
	s.tell(&prefixes{Now: 12, Rows: []prefix{rows[2], rows[0]}})
	if s.cursor != 1 || s.chosen != "p0" {
		t.Errorf("when it is gone %q is chosen in row %d", s.chosen, s.cursor)
	}
	s.tell(&prefixes{Now: 13})
	if s.cursor != 0 || s.chosen != "" {
		t.Errorf("of none %q is chosen in row %d", s.chosen, s.cursor)
	}
}

// What was asked for before a search, an order or a page is not taken for the answer to it.
func TestScreen_OldAnswers(t *testing.T) {
	for what, keys := range map[string][]tea.KeyPressMsg{
		"another order": {{Code: 's', Text: "s"}},
		"a search":      {{Code: '/', Text: "/"}, {Code: 'x', Text: "x"}},
		"another page":  {{Code: tea.KeyPgDown}},
	} {
		s := screenOf(t, 80, 24, 3)
		before := told{s.view(), &prefixes{Now: 11, Rows: s.prefixes.Rows, Matched: 1000}}
		for _, k := range keys {
			s.Update(k)
		}
		s.Update(before)
		if s.chosen != "" {
			t.Errorf("%s: %q is chosen of what was there before", what, s.chosen)
		}
		s.tell(&prefixes{Now: 12, Rows: []prefix{{ID: "new"}}})
		if s.chosen != "new" {
			t.Errorf("%s: %q is chosen", what, s.chosen)
		}
	}
}

// However large the terminal is, no more is asked for than a server tells.
func TestScreen_AsksForNoMoreThanIsTold(t *testing.T) {
	for _, height := range []int{10, 200, 5000} {
		if v := screenOf(t, 5000, height, 3).view(); v.limit > 200 || v.cells > 4096 {
			t.Errorf("a terminal of %d lines asks for %d rows and %d cells", height, v.limit, v.cells)
		}
	}
}
