package web

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/observe"
)

// prefixSyncs are the syncs of a prefix that are known, the newest first.
type prefixSyncs struct {
	name string // of which all is UTF-8
	jobs []observe.SyncJob
}

// syncsOfPrefixes are the syncs of those prefixes, so many at most, that were synced last.
func syncsOfPrefixes(jobs []observe.SyncJob, most int) (of []prefixSyncs) {
	places := make(map[string]int)
	for _, j := range jobs {
		at, known := places[j.Prefix]
		if !known {
			if len(of) == most {
				continue
			}
			at = len(of)
			places[j.Prefix] = at
			of = append(of, prefixSyncs{name: nameOf(j.Prefix)})
		}
		of[at].jobs = append(of[at].jobs, j)
	}
	return of
}

// newest is the one that was begun last.
func newest(jobs []observe.SyncJob) *observe.SyncJob { return &jobs[0] }

// ended is the newest of those that have ended by themselves.
func ended(jobs []observe.SyncJob) *observe.SyncJob {
	return find(jobs, func(j *observe.SyncJob) bool { return j.State == "done" || j.State == "failed" })
}

// checked is the newest that has compared all of the prefix with all of the store.
func checked(jobs []observe.SyncJob) *observe.SyncJob {
	return find(jobs, func(j *observe.SyncJob) bool { return j.Mode != "load" && j.State == "done" && j.Unknown == "" })
}

func find(jobs []observe.SyncJob, is func(j *observe.SyncJob) bool) *observe.SyncJob {
	at := slices.IndexFunc(jobs, func(j observe.SyncJob) bool { return is(&j) })
	if at < 0 {
		return nil
	}
	return &jobs[at]
}

// left are the IDs that were wrong and are: a verify, and a repair that only tells, settle none.
func left(j *observe.SyncJob) uint64 {
	if j.Mode == "repair" && !j.DryRun {
		return j.Left
	}
	return j.Stale + j.Missing
}
