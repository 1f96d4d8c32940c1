package commands

import (
	"fmt"
	"strings"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// graphWidth is how many cells stand in a row: with the IDs in front and the percents
// behind it, it fits into 80 columns, and a round number of IDs gives round rows.
const graphWidth = 50

// drawing is a map as lines of text: a character for each cell that has IDs, and a
// scale of IDs beside them. All and none are told from nearly so.
func drawing(m tracker.Map) []string {
	all := m.Range.Len()
	if all == 0 {
		return []string{"no IDs in this range"}
	}
	total := m.Total()
	lines := []string{fmt.Sprintf("IDs %d to %d, existing: %d (%s)", m.Range.Min, m.Range.Max-1, total, portion(total, all))}
	used := int((all + m.Cell - 1) / m.Cell) // those behind have no IDs
	scale := len(fmt.Sprint(m.Within((used - 1) / graphWidth * graphWidth).Min))
	for first := 0; first < used; first += graphWidth {
		var row strings.Builder
		end := min(first+graphWidth, used)
		var there, could uint64
		for i := first; i < end; i++ {
			in := m.Within(i).Len()
			row.WriteRune(shade(m.Counts[i], in))
			there += m.Counts[i]
			could += in
		}
		lines = append(lines, fmt.Sprintf("%*d |%s|%*s", scale, m.Within(first).Min, row.String(), graphWidth-(end-first)+len(" 100.0 %"), portion(there, could)))
	}
	return append(lines, fmt.Sprintf("IDs in a character: %d; blank: none, ░ ▒ ▓: some, █: all", m.Cell))
}

// shade is the character for there IDs of all.
func shade(there, all uint64) rune {
	switch {
	case there == 0:
		return ' '
	case there >= all:
		return '█'
	default:
		return []rune("░▒▓")[3*there/all]
	}
}

// portion is how many of all there are, 0 and 100 only for none and all.
func portion(there, all uint64) string {
	tenths := 1000 * there / all
	if there > 0 && tenths == 0 {
		return "<0.1 %"
	}
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}
