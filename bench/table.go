package main

import (
	"fmt"
	"io"
	"strings"
)

// print writes g as Markdown.
func (g *group) print(out io.Writer, rounds int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", g.name)
	for _, n := range g.notes {
		fmt.Fprintf(&b, "%s\n\n", n)
	}
	figures := fmt.Sprintf("ns, median of %d (min–max)", rounds)
	if g.flat {
		g.flatTable(&b, figures)
	} else {
		g.plainTable(&b, figures)
	}
	_, err := fmt.Fprintln(out, b.String())
	return err
}

func (g *group) plainTable(b *strings.Builder, figures string) {
	line(b, "operation", "seed's target", "goal", "this run: "+figures,
		"RWMutex+bitset", "RWMutex+roaring64", "sync.Map")
	line(b, "---", "--:", "--:", "--:", "--:", "--:", "--:")
	for _, r := range g.rows {
		cells := []string{r.name, orDash(r.seed), orDash(r.goal)}
		for _, s := range r.cells {
			cells = append(cells, r.figure(s))
		}
		line(b, cells...)
	}
}

func (g *group) flatTable(b *strings.Builder, figures string) {
	line(b, "operation", "goal", "at 1 M IDs: "+figures, "at 1 G IDs", "ratio",
		"RWMutex+bitset at 1 M", "RWMutex+bitset at 1 G")
	line(b, "---", "--:", "--:", "--:", "--:", "--:", "--:")
	for _, r := range g.rows {
		ratio := r.cells[oursLarge].spread().median / r.cells[oursSmall].spread().median
		line(b, r.name, orDash(r.goal), r.figure(r.cells[oursSmall]), r.figure(r.cells[oursLarge]),
			fmt.Sprintf("%.2f", ratio), r.figure(r.cells[bitsetSmall]), r.figure(r.cells[bitsetLarge]))
	}
}

func line(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (r *row) figure(s *subject) string {
	if s == nil {
		return "–"
	}
	f := r.factor
	if f == 0 {
		f = 1
	}
	v := s.spread()
	return fmt.Sprintf("%s (%s–%s)", number(v.median*f), number(v.min*f), number(v.max*f))
}

// number keeps about three digits, and groups long ones.
func number(v float64) string {
	switch {
	case v < 9.995:
		return fmt.Sprintf("%.2f", v)
	case v < 99.95:
		return fmt.Sprintf("%.1f", v)
	}
	s := fmt.Sprintf("%.0f", v)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
