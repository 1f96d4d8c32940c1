package web

import (
	"context"
	"net/url"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// syncQuery is how trackers and the store agree, with the last syncs.
type syncQuery struct{ limit uint64 }

const (
	mostSyncs   = 32
	usualSyncs  = 8
	mostExample = 10
)

func readSync(values url.Values) (query, error) {
	limit, err := number(values, "limit", 0, mostSyncs, usualSyncs)
	return syncQuery{limit}, err
}

func (syncQuery) event() string { return "sync" }

type syncAnswer struct {
	Now float64 `json:"now"`
	syncObject
}

type syncObject struct {
	Store   string          `json:"store"`
	Waiting string          `json:"waiting"`
	Begun   uint64          `json:"begun"`
	Running int             `json:"running"`
	Follow  followObject    `json:"follow"`
	Jobs    []syncJobObject `json:"jobs"`
}

type followObject struct {
	On         bool    `json:"on"`
	Primaries  int     `json:"primaries"`
	Connected  int     `json:"connected"`
	Events     uint64  `json:"events"`
	Applied    uint64  `json:"applied"`
	Ignored    uint64  `json:"ignored"`
	Dropped    uint64  `json:"dropped"`
	Gaps       uint64  `json:"gaps"`
	Lag        float64 `json:"lag_seconds"`
	Deferred   uint64  `json:"deferred"`
	Doubtful   uint64  `json:"doubtful"`
	CatchingUp bool    `json:"catching_up"`
	LastGap    string  `json:"last_gap"`
}

type syncJobObject struct {
	Job            uint64   `json:"job"`
	Prefix         string   `json:"prefix"`
	ID             string   `json:"id"`
	Store          string   `json:"store"`
	Mode           string   `json:"mode"`
	DryRun         bool     `json:"dry_run"`
	State          string   `json:"state"`
	Phase          string   `json:"phase"`
	BeganAt        int64    `json:"began_at"`
	Seconds        float64  `json:"seconds"`
	Progress       float64  `json:"progress"`
	StoreKeys      uint64   `json:"store_keys"`
	Visited        uint64   `json:"visited"`
	Scanned        uint64   `json:"scanned"`
	Found          uint64   `json:"found"`
	Unparsable     uint64   `json:"unparsable"`
	OutOfRange     uint64   `json:"out_of_range"`
	Added          uint64   `json:"added"`
	Stale          uint64   `json:"stale"`
	Missing        uint64   `json:"missing"`
	Changing       uint64   `json:"changing"`
	Repaired       uint64   `json:"repaired"`
	Left           uint64   `json:"left"`
	Unknown        string   `json:"unknown"`
	Error          string   `json:"error"`
	UnparsableKeys []string `json:"unparsable_keys"`
	StaleKeys      []string `json:"stale_keys"`
	MissingKeys    []string `json:"missing_keys"`
}

func (q syncQuery) object(_ context.Context, s *Server, _ *view) (any, error) {
	return &syncAnswer{now(), syncOf(&s.figures.get(askedAge).Sync, int(q.limit), mostExample)}, nil
}

// syncOf has so many jobs and so many examples of each kind at most.
func syncOf(y *observe.Sync, jobs, examples int) syncObject {
	f := &y.Follow
	object := syncObject{
		Store: nameOf(y.Store), Waiting: nameOf(y.Waiting), Begun: y.Begun(), Running: y.Running(), Jobs: []syncJobObject{},
		Follow: followObject{f.On, f.Primaries, f.Connected, f.Events, f.Applied, f.Ignored, f.Dropped, f.Gaps, millis(f.Lag.Seconds()),
			f.Deferred, f.Doubtful, f.CatchingUp, nameOf(f.LastGap)},
	}
	for i := range min(len(y.Jobs), jobs) {
		object.Jobs = append(object.Jobs, syncJobOf(&y.Jobs[i], examples))
	}
	return object
}

func syncJobOf(j *observe.SyncJob, examples int) syncJobObject {
	end := j.Ended
	if end.IsZero() {
		end = time.Now()
	}
	return syncJobObject{
		Job: j.ID, Prefix: nameOf(j.Prefix), ID: idOf(j.Prefix), Store: nameOf(j.Store), Mode: j.Mode, DryRun: j.DryRun,
		State: j.State, Phase: nameOf(j.Phase), BeganAt: j.Began.Unix(), Seconds: millis(end.Sub(j.Began).Seconds()),
		Progress: progress(j), StoreKeys: j.Size, Visited: j.Visited, Scanned: j.Scanned, Found: j.Found, Unparsable: j.Unparsable, OutOfRange: j.OutOfRange, Added: j.Added,
		Stale: j.Stale, Missing: j.Missing, Changing: j.Changing, Repaired: j.Repaired, Left: left(j),
		Unknown: nameOf(j.Unknown), Error: nameOf(j.Error),
		UnparsableKeys: namesOf(j.UnparsableKeys, examples), StaleKeys: namesOf(j.StaleKeys, examples), MissingKeys: namesOf(j.MissingKeys, examples),
	}
}

// progress is how much of the store a sync has gone through, about, from 0 to 1.
func progress(j *observe.SyncJob) float64 {
	if j.State == "done" {
		return 1
	}
	return float64(min(j.Visited, j.Size)) / float64(max(j.Size, 1))
}

// namesOf are examples for people, so many at most.
func namesOf(keys []string, most int) []string {
	names := make([]string, min(len(keys), most))
	for i := range names {
		names[i] = nameOf(keys[i])
	}
	return names
}
