package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// syncServer is one with these syncs, the newest first.
func syncServer(t *testing.T, options Options, sync observe.Sync) *Server {
	t.Helper()
	s := newTestServer(t, 0, options)
	s.figures.read = func() *observe.Figures { return &observe.Figures{Sync: sync} }
	return s
}

// What is said of a prefix is of the sync that can say it: one that goes on hides nothing of what was
// found before, and one that has not seen all of the store, or not compared, finds nothing.
func TestMetrics_OfSyncs(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	checked := observe.SyncJob{Prefix: "v:", Mode: "verify", State: "done", Ended: at, Scanned: 70, Stale: 5, Missing: 3, Unparsable: 2}
	for what, test := range map[string]struct {
		newer observe.SyncJob
		want  string // failed, stale, missing, left, scanned, unparsable; "" is not there
	}{
		"itself":             {checked, "0 5 3 8 70 2"},
		"it goes on":         {observe.SyncJob{Prefix: "v:", Mode: "repair", State: "running", Scanned: 7}, "0 5 3 8 7 0"},
		"it was stopped":     {observe.SyncJob{Prefix: "v:", Mode: "repair", State: "stopped", Stale: 1}, "0 5 3 8 0 0"},
		"it failed":          {observe.SyncJob{Prefix: "v:", Mode: "repair", State: "failed", Stale: 1}, "1 5 3 8 0 0"},
		"another goes on":    {observe.SyncJob{Prefix: "v:", Mode: "repair", State: "failed", Stale: 1}, "1 5 3 8 0 0"},
		"part is unknown":    {observe.SyncJob{Prefix: "v:", Mode: "verify", State: "done", Stale: 1, Unknown: "slots"}, "1 5 3 8 0 0"},
		"it only adds":       {observe.SyncJob{Prefix: "v:", Mode: "load", State: "done", Scanned: 9, Added: 9}, "0 5 3 8 9 0"},
		"it has put right":   {observe.SyncJob{Prefix: "v:", Mode: "repair", State: "done", Ended: at, Stale: 5, Missing: 3, Repaired: 7, Left: 1}, "0 5 3 1 0 0"},
		"it would put right": {observe.SyncJob{Prefix: "v:", Mode: "repair", DryRun: true, State: "done", Ended: at, Stale: 4, Missing: 3}, "0 4 3 7 0 0"},
		"it agrees":          {observe.SyncJob{Prefix: "v:", Mode: "verify", State: "done", Ended: at, Scanned: 9}, "0 0 0 0 9 0"},
		"another prefix":     {observe.SyncJob{Prefix: "w:", Mode: "verify", State: "failed"}, "0 5 3 8 70 2"},
	} {
		jobs := []observe.SyncJob{test.newer, checked}
		if what == "another goes on" {
			jobs = []observe.SyncJob{{Prefix: "v:", Mode: "load", State: "running"}, test.newer, checked}
		}
		s := syncServer(t, Options{Prefixes: 10}, observe.Sync{Jobs: jobs})
		lines := strings.Split(s.ask(t, "/metrics").Body.String(), "\n")
		var got []string
		for _, name := range []string{"failed", "stale_ids", "missing_ids", "left_ids", "scanned_keys", "unparsable_keys", "checked_timestamp_seconds"} {
			value, sample := "", fmt.Sprintf("prefixtracker_sync_%s{prefix=\"v:\"} ", name)
			if at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, sample) }); at >= 0 {
				value = strings.TrimPrefix(lines[at], sample)
			}
			got = append(got, value)
		}
		if got := strings.Join(got, " "); got != test.want+" 1.7e+09" {
			t.Errorf("%s: %s, want %s", what, got, test.want)
		}
	}
}

// Labels have a bound: the prefixes that were synced last, however many there are, and whatever they are called.
func TestMetrics_OfSyncsAreFew(t *testing.T) {
	var jobs []observe.SyncJob
	for i := range 32 {
		jobs = append(jobs, observe.SyncJob{ID: uint64(32 - i), Prefix: fmt.Sprintf("\xff\n%d", i/2), Mode: "verify", State: "done"})
	}
	for most, want := range map[int]int{0: 0, 3: 3, 100: 16} {
		text := syncServer(t, Options{Prefixes: most}, observe.Sync{Jobs: jobs}).ask(t, "/metrics").Body.String()
		if n := strings.Count(text, "\nprefixtracker_sync_stale_ids{"); n != want {
			t.Errorf("with %d prefixes %d have metrics of their syncs, want %d", most, n, want)
		}
		if want > 0 && !strings.Contains(text, `prefixtracker_sync_stale_ids{prefix="\\xFF\\x0A0"} 0`) {
			t.Errorf("the newest is not there:\n%s", text)
		}
		if !strings.Contains(text, "\nprefixtracker_sync_jobs_total 32\n") {
			t.Error("not all are counted")
		}
	}
}

// What others have written stands in the API as text of a bounded length, and the state has the
// newest sync without it.
func TestSync_IsTold(t *testing.T) {
	const evil = "v:<script>\xff\n\\"
	job := observe.SyncJob{Prefix: evil, Mode: "verify", State: "running", Size: 200, Visited: 50, Scanned: 7, Began: time.Now().Add(-time.Minute), Error: evil, Unknown: evil, Phase: evil,
		UnparsableKeys: slices.Repeat([]string{evil}, 99), StaleKeys: []string{"v:1"}}
	var jobs []observe.SyncJob
	for id := 40; id > 0; id-- {
		job.ID = uint64(id)
		jobs = append(jobs, job)
	}
	s := syncServer(t, Options{}, observe.Sync{Store: "redis://" + evil, Waiting: "vec: is loaded", Jobs: jobs, Follow: observe.Follow{On: true, Lag: 1234567 * time.Microsecond, LastGap: evil}})
	const shown = `v:<script>\xFF\x0A\x5C`
	for path, want := range map[string][2]int{"/api/v1/sync": {8, 10}, "/api/v1/sync?limit=0": {0, 0}, "/api/v1/sync?limit=32": {32, 10}, "/api/v1/state": {1, 0}} {
		a := s.ask(t, path)
		var answer struct {
			syncObject
			Sync syncObject `json:"sync"`
		}
		if err := json.Unmarshal(a.Body.Bytes(), &answer); err != nil || a.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", path, a.Code, err)
		}
		told := answer.syncObject
		if strings.HasSuffix(path, "state") {
			told = answer.Sync
		}
		if len(told.Jobs) != want[0] || told.Begun != 40 || told.Running != 40 || told.Store != "redis://"+shown || told.Waiting != "vec: is loaded" || told.Follow.LastGap != shown || told.Follow.Lag != 1.234 {
			t.Errorf("%s: %d jobs of %d, %d running, %q, %q, %+v", path, len(told.Jobs), told.Begun, told.Running, told.Store, told.Waiting, told.Follow)
		}
		for _, j := range told.Jobs {
			if len(j.UnparsableKeys) != want[1] || j.Prefix != shown || j.ID != "v%3A%3Cscript%3E%FF%0A%5C" || j.Error != shown || j.Unknown != shown || j.Phase != shown || j.Progress != 0.25 || j.Seconds < 60 {
				t.Errorf("%s: %+v", path, j)
			}
			if len(j.UnparsableKeys) > 0 && j.UnparsableKeys[0] != shown {
				t.Errorf("%s: %q", path, j.UnparsableKeys[0])
			}
		}
	}
	if a := s.ask(t, "/api/v1/sync?limit=33"); a.Code != http.StatusBadRequest {
		t.Errorf("33 are told: %d", a.Code)
	}
}
