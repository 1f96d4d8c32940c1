package integration_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// storeMetrics are what INFO says of the store, by the names of Prometheus.
var storeMetrics = map[string]string{
	"sync_running": "sync_jobs_running", "sync_jobs_total": "sync_jobs", "follow_enabled": "follow_enabled", "follow_primaries": "follow_primaries",
	"follow_connected_primaries": "follow_connected", "follow_events_total": "follow_events", "follow_applied_total": "follow_applied",
	"follow_ignored_total": "follow_ignored", "follow_dropped_total": "follow_dropped", "follow_gaps_total": "follow_gaps",
	"follow_deferred_ids": "follow_deferred", "follow_doubtful_ids": "follow_doubtful", "follow_catching_up": "follow_catching_up",
}

// TestHTTP_Store: what a server knows of its store is shown alike everywhere, keys are text however long, and nobody is
// shown the password.
func TestHTTP_Store(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	r := connect(t, redis.addr)
	r.mustDo(t, "CONFIG SET requirepass sesame", simple("OK"))
	set := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			r.mustReply(t, "SET", key, "1")
		}
	}
	for id := range 100 {
		set(fmt.Sprintf("vec:%012d", id))
	}
	set("vec:", "vec:12x", "vec:<i>\xff\n", "vec:"+strings.Repeat("9", 1<<20), "another")
	where := "redis://" + redis.addr
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--store", "redis://:sesame@"+redis.addr, "--sync-prefixes", "vec:", "--sync-on-start", "yes",
		"--follow", "yes", "--follow-configure", "yes", "--sync-settle", "50ms")
	c, l := connect(t, s.addr), look(t, s)
	sync := func() (o syncObject) {
		t.Helper()
		l.object(t, "/api/v1/sync", &o)
		return o
	}
	eventually(t, "all is loaded and followed", func() bool {
		o := sync()
		return c.mustReply(t, "PT.COUNT", "vec:").text == "100" && o.Follow.On && o.Follow.Connected == 1 && !o.Follow.CatchingUp && o.Running == 0
	})
	r.mustReply(t, words("UNLINK vec:000000000001 vec:000000000002 another")...)
	eventually(t, "what is gone is seen to have gone", func() bool {
		return c.mustReply(t, "PT.COUNT", "vec:").text == "98" && sync().Follow.Applied >= 2
	})

	// What nobody has told of, a verify finds.
	c.mustDo(t, "PT.ADD vec: 1000 1001 1002", integer(3))
	job := c.mustReply(t, words("PT.SYNC START vec: MODE VERIFY")...)
	id, err := strconv.ParseUint(job.text, 10, 64)
	if err != nil {
		t.Fatalf("PT.SYNC START: %q", job.raw)
	}
	var verified syncJobObject
	eventually(t, "the verify has ended", func() bool {
		for _, j := range sync().Jobs {
			if j.Job == id && j.State != "running" {
				verified = j
				return true
			}
		}
		return false
	})
	if j := verified; j.State != "done" || j.Prefix != "vec:" || j.ID != "vec%3A" || j.Mode != "verify" || j.Stale != 3 || j.Missing != 0 || j.Left != 3 || j.Scanned != 102 ||
		j.Found != 98 || j.Unparsable != 4 || j.Progress != 1 || len(j.StaleKeys) != 3 || len(j.UnparsableKeys) != 4 || !strings.HasPrefix(j.Store, where) {
		t.Errorf("%.2000s", fmt.Sprintf("%+v", j))
	}
	if text := strings.Join(verified.UnparsableKeys, " "); len(text) > 2_000 || !strings.Contains(text, `vec:<i>\xFF\x0A`) {
		t.Errorf("%d bytes of keys: %.2000q", len(text), text)
	}
	var m map[string]float64
	differs := ""
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("INFO, the metrics and the API differ last in " + differs)
		}
	})
	eventually(t, "INFO, the metrics and the API agree", func() bool {
		o, info := sync(), syncInfo(t, c)
		m = scrape(t, l)
		for name, field := range storeMetrics {
			want, err := strconv.ParseFloat(info[field], 64)
			if got, ok := m["prefixtracker_"+name]; err != nil || !ok || got != want {
				differs = name
				return false
			}
		}
		differs = "the API"
		return o.Begun == uint64(m["prefixtracker_sync_jobs_total"]) && o.Follow.Events == uint64(m["prefixtracker_follow_events_total"]) && o.Follow.Events >= 2
	})
	for name, want := range map[string]float64{"sync_stale_ids": 3, "sync_missing_ids": 0, "sync_left_ids": 3, "sync_unparsable_keys": 4, "sync_failed": 0} {
		if got, ok := m[fmt.Sprintf("prefixtracker_%s{prefix=%q}", name, "vec:")]; !ok || got != want {
			t.Errorf("%s is %v (%t), want %v", name, got, ok, want)
		}
	}

	shown := ""
	for _, path := range []string{"/metrics", "/api/v1/sync?limit=32", "/api/v1/state", "/readyz"} {
		shown += l.get(t, path).body
	}
	l.follow(t, "sync=1").until("sync", func(data string) bool {
		shown += data
		return strings.Contains(data, `"stale":3`)
	})
	output, code := probing(t, []string{"PT_HTTP_ADDR=" + httpAddr(t, s.process)}, "top", "--once")
	if code != 0 || !strings.Contains(output, "\nstore "+where) || !strings.Contains(output, "followed") || !strings.Contains(output, "verify vec: 3 stale, 0 missing") {
		t.Errorf("top exited with %d and printed\n%s", code, output)
	}
	if text := shown + output + s.log.String(); strings.Contains(text, "sesame") {
		t.Errorf("the password is shown: %.300q", text[strings.Index(text, "sesame")-100:])
	}
}

// TestHTTP_NoStore: where there is no store, nothing is said of one.
func TestHTTP_NoStore(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	l := look(t, s)
	var o syncObject
	l.object(t, "/api/v1/sync", &o)
	if o.Store != "" || o.Follow.On || len(o.Jobs) != 0 || o.Begun != 0 {
		t.Errorf("%+v", o)
	}
	if m := scrape(t, l); m["prefixtracker_follow_enabled"] != 0 || m["prefixtracker_sync_jobs_total"] != 0 {
		t.Error("something is followed")
	}
	if output, code := probing(t, []string{"PT_HTTP_ADDR=" + httpAddr(t, s.process)}, "top", "--once"); code != 0 || strings.Contains(output, "store") {
		t.Errorf("top exited with %d and printed\n%s", code, output)
	}
}
