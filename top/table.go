package top

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// column is one of the table of prefixes. Those of a lower rank are there where there is
// room for them.
type column struct {
	title string
	sort  string // the order that goes by it
	width int
	rank  int
	style style
	rare  bool // it is there only where some row has something in it
	text  func(*prefix, pace) string
}

// nameWidth is how much of its name each prefix shows at least.
const nameWidth = 12

var columns = []column{
	{"IDS", "count", 15, 1, plain, false, func(p *prefix, _ pace) string { return whole(p.Count, 15) }},
	{"", "", 10, 5, filled, false, picture},
	{"FULL", "full", 6, 2, plain, false, func(p *prefix, _ pace) string {
		if p.Bound == nil {
			return ""
		}
		return share(p.Count, *p.Bound)
	}},
	{"FREE", "", 15, 7, plain, false, func(p *prefix, _ pace) string {
		if p.Free == nil {
			return "no bound"
		}
		return whole(*p.Free, 15)
	}},
	{"IN FLIGHT", "", 11, 10, plain, true, func(p *prefix, _ pace) string {
		if p.Leased == 0 {
			return ""
		}
		return whole(p.Leased, 11)
	}},
	{"CHANGE/S", "", 8, 3, plain, false, func(_ *prefix, p pace) string { return signed(p.change) }},
	{"CLAIMS/S", "claims", 9, 6, plain, false, func(_ *prefix, p pace) string { return rate(p.claims) }},
	{"TAKES/S", "", 7, 8, plain, false, func(_ *prefix, p pace) string { return rate(p.takes) }},
	{"FULL IN", "", 7, 4, notice, false, func(p *prefix, pace pace) string {
		if p.Free != nil && *p.Free == 0 {
			if p.full() {
				return "full"
			}
			return "all out" // the rest is in flight
		}
		if seconds, ok := untilFull(p, pace); ok {
			return span(seconds)
		}
		return ""
	}},
	{"MEMORY", "memory", 8, 9, plain, false, func(p *prefix, _ pace) string { return bytes(float64(p.Memory)) }},
}

func picture(p *prefix, _ pace) string {
	if p.Bound == nil {
		return ""
	}
	return bar(p.Count, *p.Bound, 10)
}

func signed(perSecond float64) string {
	if perSecond > 0 {
		return "+" + rate(perSecond)
	}
	return rate(perSecond)
}

// fitting are the columns that there is room for beside those rows, and what is left for the names.
func fitting(width int, rows []prefix) (fit []column, names int) {
	names = width - 2
	in := make([]bool, len(columns))
	for rank := 1; rank <= len(columns); rank++ {
		for i, c := range columns {
			if c.rank == rank && (!c.rare || c.some(rows)) && names-c.width-1 >= nameWidth {
				in[i] = true
				names -= c.width + 1
			}
		}
	}
	for i, c := range columns {
		if in[i] {
			fit = append(fit, c)
		}
	}
	return fit, names
}

// some tells whether a row has something in the column.
func (c *column) some(rows []prefix) bool {
	return slices.ContainsFunc(rows, func(p prefix) bool { return c.text(&p, pace{}) != "" })
}

// tableLines are the prefixes, below a title.
func (s *screen) tableLines() []string {
	var rows []prefix
	if s.prefixes != nil {
		rows = s.prefixes.Rows
	}
	shown, names := fitting(s.width, rows)
	lines := []string{strong.of(tableTitle(shown, names, s.sort))}
	if s.prefixes == nil {
		return lines
	}
	for i := range s.prefixes.Rows {
		p := &s.prefixes.Rows[i]
		text := tableRow(shown, names, p, s.paces.of(p.ID))
		if p.ID == s.chosen {
			text = chosen.of("› " + ansi.Strip(text))
		} else {
			text = "  " + text
		}
		lines = append(lines, text)
	}
	if len(s.prefixes.Rows) == 0 {
		lines = append(lines, weak.of(s.nothing()))
	}
	return lines
}

// nothing says why there is no row.
func (s *screen) nothing() string {
	switch {
	case s.state != nil && !s.state.Ready:
		return "  not yet"
	case s.match != "":
		return fmt.Sprintf("  no prefix matches %q", s.match)
	}
	return "  no prefix yet: PT.CLAIMNEXT vec: makes one"
}

func tableTitle(shown []column, names int, sort string) string {
	mark := func(title, by string) string {
		if by != "" && by == sort {
			return title + "▾"
		}
		return title
	}
	title := "  " + fit(mark("PREFIX", "name"), names, false)
	for _, c := range shown {
		title += " " + fit(mark(c.title, c.sort), max(c.width, ansi.StringWidth(mark(c.title, c.sort))), true)
	}
	return title
}

func tableRow(shown []column, names int, p *prefix, pace pace) string {
	var b strings.Builder
	b.WriteString(fit(clean(p.Name), names, false))
	for _, c := range shown {
		b.WriteByte(' ')
		b.WriteString(c.style.of(fit(c.text(p, pace), c.width, true)))
	}
	return b.String()
}
