package top

import "fmt"

// knowsStore tells whether there is something to be said of a store.
func (s *screen) knowsStore() bool {
	return s.state != nil && (s.state.Sync.Store != "" || len(s.state.Sync.Jobs) > 0)
}

// storeLine says how the store is followed, and what has come of the last sync.
func (s *screen) storeLine() string {
	y := &s.state.Sync
	where, last := y.Store, ""
	if len(y.Jobs) > 0 {
		if last = y.Jobs[0].text(); where == "" {
			where = y.Jobs[0].Store
		}
	}
	return line(s.width, "store "+clean(where), y.Follow.text(), last, y.Follow.losses())
}

func (f *follow) text() string {
	switch {
	case !f.On:
		return ""
	case f.Connected == 0 || f.Connected < f.Primaries:
		return bad.of(fmt.Sprintf("%d of %d primaries heard", f.Connected, f.Primaries))
	case f.CatchingUp:
		return notice.of("catching up")
	}
	return fmt.Sprintf("followed, %.1fs behind", f.Lag)
}

// losses are what was not heard.
func (f *follow) losses() string {
	text := ""
	if f.Gaps > 0 {
		text = whole(f.Gaps, 12) + " gaps"
	}
	if f.Dropped > 0 {
		text += ", " + whole(f.Dropped, 12) + " events dropped"
	}
	return text
}

// text is what a sync is at, or has come to.
func (y *sync) text() string {
	name := clean(y.Mode)
	if y.DryRun {
		name += " (dry run)"
	}
	return name + " " + clean(y.Prefix) + " " + y.result()
}

func (y *sync) result() string {
	switch {
	case y.State == "running":
		return fmt.Sprintf("%.0f%%", 100*y.Progress)
	case y.State == "failed":
		return bad.of("failed") + ": " + clean(y.Error)
	case y.State != "done":
		return clean(y.State)
	}
	text := ""
	switch {
	case y.Mode == "load":
		text = whole(y.Added, 15) + " added"
	case y.Stale+y.Missing == 0:
		text = good.of("agrees")
	case y.Mode == "repair" && y.Left == 0: // never of a dry run that has found something
		text = good.of(whole(y.Repaired, 15) + " put right")
	case y.Mode == "repair" && !y.DryRun:
		text = notice.of(fmt.Sprintf("%s put right, %s left", whole(y.Repaired, 15), whole(y.Left, 15)))
	default:
		text = notice.of(fmt.Sprintf("%s stale, %s missing", whole(y.Stale, 15), whole(y.Missing, 15)))
	}
	if y.Unknown != "" {
		text += ", " + notice.of("not all of the store was reached")
	}
	return text
}
