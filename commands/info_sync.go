package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/observe"
)

func infoSync(f *observe.Figures) []infoField {
	s, w := &f.Sync, &f.Sync.Follow
	fields := []infoField{
		{"sync_store", s.Store},
		{"sync_waiting", oneIf(s.Waiting != "")},
		{"sync_waiting_for", s.Waiting},
		{"sync_jobs", s.Begun()},
		{"sync_jobs_running", s.Running()},
	}
	for _, state := range []string{"running", "done", "stopped", "failed"} {
		if i := slices.IndexFunc(s.Jobs, func(j observe.SyncJob) bool { return j.State == state }); i >= 0 {
			fields = append(fields, infoField{"sync_last_" + state, jobLine(&s.Jobs[i])})
		}
	}
	return append(fields, []infoField{
		{"follow_enabled", oneIf(w.On)},
		{"follow_primaries", w.Primaries},
		{"follow_connected", w.Connected},
		{"follow_events", w.Events},
		{"follow_applied", w.Applied},
		{"follow_ignored", w.Ignored},
		{"follow_dropped", w.Dropped},
		{"follow_gaps", w.Gaps},
		{"follow_lag_usec", w.Lag.Microseconds()},
		{"follow_deferred", w.Deferred},
		{"follow_doubtful", w.Doubtful},
		{"follow_catching_up", oneIf(w.CatchingUp)},
		{"follow_last_gap", w.LastGap},
	}...)
}

// jobLine is a job on one line. What others have made up is last, and in quotes.
func jobLine(j *observe.SyncJob) string {
	var b strings.Builder
	fmt.Fprintf(&b, "id=%d,mode=%s,dry_run=%d,elapsed_ms=%d", j.ID, j.Mode, oneIf(j.DryRun), jobElapsed(j).Milliseconds())
	for _, n := range syncNumbers(j) {
		fmt.Fprintf(&b, ",%s=%d", n.name, n.n)
	}
	fmt.Fprintf(&b, ",prefix=%q,store=%q", j.Prefix, j.Store)
	if j.Unknown != "" {
		fmt.Fprintf(&b, ",unknown=%q", j.Unknown)
	}
	if j.Error != "" {
		fmt.Fprintf(&b, ",error=%q", j.Error)
	}
	return b.String()
}
