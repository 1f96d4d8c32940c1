package web

import (
	"github.com/prefixtracker/prefixtracker/observe"
	dto "github.com/prometheus/client_model/go"
)

// syncMetrics are how trackers and the store agree. What is of a prefix is of those whose
// syncs are known still, and of as many as have metrics of their own at most.
func syncMetrics() []metric {
	per := func(name, help string, of func(jobs []observe.SyncJob) *observe.SyncJob, read func(j *observe.SyncJob) float64) metric {
		return metric{name: name, kind: gauge, labels: prefixLabels, help: help, syncs: func(jobs []observe.SyncJob) (value float64, ok bool) {
			j := of(jobs)
			if j == nil {
				return 0, false
			}
			return read(j), true
		}}
	}
	follow := func(name string, kind dto.MetricType, help string, read func(f *observe.Follow) float64) metric {
		return one("follow_"+name, kind, help, func(f *observe.Figures) float64 { return read(&f.Sync.Follow) })
	}
	return []metric{
		one("sync_running", gauge, "Syncs with a store that are under way.", func(f *observe.Figures) float64 { return float64(f.Sync.Running()) }),
		one("sync_jobs_total", counter, "Syncs with a store that were begun.", func(f *observe.Figures) float64 { return float64(f.Sync.Begun()) }),
		per("sync_scanned_keys", "Keys of the prefix that its last sync was given by the store, so far.",
			newest, func(j *observe.SyncJob) float64 { return float64(j.Scanned) }),
		per("sync_unparsable_keys", "Keys among these that are no keys of IDs.",
			newest, func(j *observe.SyncJob) float64 { return float64(j.Unparsable) }),
		per("sync_failed", "1 if the last sync of the prefix that has ended failed, or could not reach all of the store.",
			ended, func(j *observe.SyncJob) float64 { return oneIf(j.State == "failed" || j.Unknown != "") }),
		per("sync_stale_ids", "IDs of the prefix that its last whole verify or repair found to be tracked and not in the store.",
			checked, func(j *observe.SyncJob) float64 { return float64(j.Stale) }),
		per("sync_missing_ids", "IDs of the prefix that it found to be in the store and not tracked.",
			checked, func(j *observe.SyncJob) float64 { return float64(j.Missing) }),
		per("sync_left_ids", "IDs of these two kinds that it left as they were: all for a verify.",
			checked, func(j *observe.SyncJob) float64 { return float64(left(j)) }),
		per("sync_checked_timestamp_seconds", "When it ended, in Unix time.",
			checked, func(j *observe.SyncJob) float64 { return float64(j.Ended.Unix()) }),
		follow("enabled", gauge, "1 if what happens in the store is followed.", func(f *observe.Follow) float64 { return oneIf(f.On) }),
		follow("primaries", gauge, "Servers of the store that have keys, as far as they are known.", func(f *observe.Follow) float64 { return float64(f.Primaries) }),
		follow("connected_primaries", gauge, "Servers of these that are heard.", func(f *observe.Follow) float64 { return float64(f.Connected) }),
		follow("events_total", counter, "Events that the store has told.", func(f *observe.Follow) float64 { return float64(f.Events) }),
		follow("applied_total", counter, "IDs that were changed since the store told of them.", func(f *observe.Follow) float64 { return float64(f.Applied) }),
		follow("ignored_total", counter, "Events of keys that are no keys of IDs.", func(f *observe.Follow) float64 { return float64(f.Ignored) }),
		follow("dropped_total", counter, "Events that were lost here; each time a repair follows.", func(f *observe.Follow) float64 { return float64(f.Dropped) }),
		follow("gaps_total", counter, "Times in which events may have been lost; a repair follows each.", func(f *observe.Follow) float64 { return float64(f.Gaps) }),
		follow("lag_seconds", gauge, "How long an answer of the store took that came behind all it had told before; the longest of its servers.", func(f *observe.Follow) float64 { return f.Lag.Seconds() }),
		follow("deferred_ids", gauge, "IDs in flight that are looked at when they no longer are.", func(f *observe.Follow) float64 { return float64(f.Deferred) }),
		follow("doubtful_ids", gauge, "IDs of which the store is asked whether they have gone.", func(f *observe.Follow) float64 { return float64(f.Doubtful) }),
		follow("catching_up", gauge, "1 while a repair after a gap is under way.", func(f *observe.Follow) float64 { return oneIf(f.CatchingUp) }),
	}
}
