package top

import (
	"fmt"
)

// headerLines say how the server is.
func (s *screen) headerLines(height int) []string {
	if s.state == nil {
		return block([]string{s.status()}, height)
	}
	st := s.state
	first := line(s.width, s.status(), "prefixtracker "+clean(st.Version), "up "+span(st.Uptime), s.server)
	if height < 3 {
		return []string{first}
	}
	errors := fmt.Sprintf("%s errors", whole(st.Traffic.Errors, 12))
	second := line(s.width,
		strong.of(perSecond(st.Traffic.Commands)+" ops/s"),
		fmt.Sprintf("clients %s", of(st.Clients.Connected, st.Clients.Max)),
		fmt.Sprintf("in %s/s", bytes(st.Traffic.In)),
		fmt.Sprintf("out %s/s", bytes(st.Traffic.Out)),
		s.cpu.text(), errors, waiting(st))
	third := line(s.width, memory(st), journal(st),
		fmt.Sprintf("%s prefixes", whole(st.Keyspace.Prefixes, 12)), fmt.Sprintf("%s IDs", whole(st.Keyspace.IDs, 12)))
	lines := []string{first, second, third}
	if height > len(lines) {
		lines = append(lines, s.storeLine())
	}
	return lines
}

// status is one word, and why.
func (s *screen) status() string {
	text := ""
	switch {
	case s.link != nil:
		text = bad.of("✗ not connected") + ", trying again: " + clean(s.link.Error())
	case s.state == nil:
		text = notice.of("◌ connecting") + " to " + s.server
	case s.state.Ready:
		text = good.of("● ready")
	default:
		text = bad.of("✗ not ready") + ": " + clean(s.state.Reason)
	}
	if s.paused {
		text = notice.of("‖ paused") + " " + text
	}
	return text
}

func perSecond(rate float64) string {
	if rate < 1_000_000 {
		return whole(uint64(max(rate, 0)+0.5), 9)
	}
	return scaled(rate, 1000, "", "k", "M", "G")
}

// of is a number of those that there may be; 0 is any number.
func of(n, most uint64) string {
	if most == 0 {
		return whole(n, 12)
	}
	return whole(n, 12) + " of " + whole(most, 12)
}

func (l load) text() string {
	if !l.known {
		return ""
	}
	return fmt.Sprintf("cpu %.0f%%", 100*max(l.cores, 0))
}

func waiting(st *state) string {
	if st.Clients.Waiting == 0 {
		return ""
	}
	return fmt.Sprintf("%d wait for the log", st.Clients.Waiting)
}

func memory(st *state) string {
	m := &st.Memory
	if m.Limit == 0 {
		return "memory " + bytes(float64(m.Trackers))
	}
	return fmt.Sprintf("memory %s %s of %s", filled.of("▕"+bar(m.Trackers, m.Limit, 8)+"▏"), bytes(float64(m.Trackers)), bytes(float64(m.Limit)))
}

func journal(st *state) string {
	j := &st.Journal
	switch {
	case !j.Enabled:
		return notice.of("memory only, nothing is kept")
	case j.Refusing:
		return bad.of("the log refuses changes")
	case j.Rewriting:
		return "log " + bytes(float64(j.Bytes)) + ", being rewritten"
	case j.Backup:
		return "log " + bytes(float64(j.Bytes)) + ", a backup is written"
	case j.Unsynced > 0:
		return fmt.Sprintf("log %s, %s not on the disk yet", bytes(float64(j.Bytes)), bytes(float64(j.Unsynced)))
	}
	return "log " + bytes(float64(j.Bytes))
}
