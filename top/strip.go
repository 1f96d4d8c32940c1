package top

import (
	"fmt"
	"strings"
)

// cellsWide is how many cells of a map stand in a line.
func (s *screen) cellsWide() int { return min(max(s.width-4, 1), 256) }

// stripLines show, below a blank line and a title, where the IDs of the chosen prefix lie: a block is as high as its part of
// the space is full. Whole is full, and empty is nothing at all, unless some of it is in flight.
func (s *screen) stripLines(height int) []string {
	m := s.map_
	if height < 3 || m == nil || m.Max <= m.Min {
		return nil
	}
	parts := []string{strong.of(clean(m.Name)), fmt.Sprintf("IDs %s to %s", whole(m.Min, 15), whole(m.Max-1, 15)),
		fmt.Sprintf("%s each block", whole(m.Cell, 15)), m.inFlight()}
	lines := []string{"", "  " + line(s.width-2, append(parts, s.cursorParts()...)...)}
	wide := s.cellsWide()
	for from := 0; from < len(m.Cells) && len(lines) < height; from += wide {
		var b strings.Builder
		for i := from; i < min(from+wide, len(m.Cells)); i++ {
			size := m.Cell
			if left := m.Max - m.Min - uint64(i)*m.Cell; left < size {
				size = left // the last one
			}
			if m.Cells[i] == 0 && m.flying(i) > 0 {
				b.WriteRune(inFlight)
				continue
			}
			b.WriteRune(level(m.Cells[i], size))
		}
		lines = append(lines, "  "+filled.of(b.String()))
	}
	return lines
}

// level is the block of a cell.
func level(count, size uint64) rune {
	levels := []rune("▁▂▃▄▅▆▇")
	switch {
	case count == 0:
		return '·'
	case count >= size:
		return '█'
	}
	return levels[int(float64(count)/float64(size)*float64(len(levels)))%len(levels)]
}

// inFlight is a cell of which all that is not free is in flight.
const inFlight = '╱'

func (m *occupancy) flying(cell int) uint64 {
	if cell >= len(m.Flight) {
		return 0
	}
	return m.Flight[cell]
}

// inFlight says how much is.
func (m *occupancy) inFlight() string {
	var n uint64
	for i := range m.Flight {
		n += m.Flight[i]
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%c %s in flight", inFlight, whole(n, 15))
}

// cursorParts are the shared cursors of the chosen prefix, and how far they are.
func (s *screen) cursorParts() (parts []string) {
	if s.cursors != nil {
		for i := range s.cursors.Cursors {
			c := &s.cursors.Cursors[i]
			parts = append(parts, fmt.Sprintf("%s %.1f%% done", clean(c.Name), 100*c.Progress))
		}
	}
	return parts
}
