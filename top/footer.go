package top

import "fmt"

// lastLine says what part of the prefixes is shown, and what can be done.
func (s *screen) lastLine() string {
	if s.typing {
		return strong.of("/"+clean(s.match)+"▏") + weak.of("  Enter: keep, Esc: all")
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
