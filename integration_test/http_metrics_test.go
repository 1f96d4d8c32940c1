package integration_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scrape reads the metrics, and wants promtool to find nothing wrong with them.
func scrape(t *testing.T, l *looker) map[string]float64 {
	t.Helper()
	requireProgram(t, "promtool", "prometheus")
	a := l.get(t, "/metrics")
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("%d %v", a.status, a.header)
	}
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(a.body)
	if said, code := runCommand(t, check); code != 0 || strings.TrimSpace(said) != "" {
		t.Errorf("promtool says %d\n%s", code, said)
	}
	metrics := make(map[string]float64)
	for line := range strings.Lines(a.body) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if _, twice := metrics[line[:at]]; twice {
			t.Errorf("%s stands twice", line[:at])
		}
		metrics[line[:at]] = value
	}
	return metrics
}

// TestHTTP_MetricsAreThoseOfINFO, in the names of Prometheus.
func TestHTTP_MetricsAreThoseOfINFO(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--max-memory", "64mb", "--max-clients", "77")
	c, l := connect(t, s.addr), look(t, s)
	c.mustDo(t, "PT.CREATE vec: MAXID 1000", simple("OK"))
	c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 30")...)
	c.mustReply(t, words("PT.TAKENEXT vec: COUNT 10")...)
	c.mustReply(t, words("PT.CLAIM vec: 20")...)
	c.mustReply(t, words("PT.ADD vec: 1000")...)
	c.mustReply(t, words("PT.EXISTS none: 1")...)
	c.mustReply(t, words("PT.ADD")...)
	c.mustReply(t, words("PT.ADD vec: x")...)
	c.mustDo(t, "SAVE", simple("OK"))
	c.mustDo(t, "BGREWRITEAOF", simple("Background append only file rewriting started"))
	eventually(t, "it is written", func() bool { return infoOf(t, c, "persistence", "aof_rewrites") == 1 })
	var m map[string]float64
	eventually(t, "all is on the disk, and counted", func() bool {
		m = scrape(t, l)
		return m["prefixtracker_journal_unsynced_bytes"] == 0 && m["prefixtracker_ids"] == 20
	})
	info := infoLines(t, c, "everything")
	for name, field := range map[string]string{
		"connected_clients": "connected_clients", "max_clients": "maxclients", "connections_total": "total_connections_received", "connections_rejected_total": "rejected_connections",
		"panics_total": "handler_panics", "trackers_memory_bytes": "trackers_memory", "trackers_memory_limit_bytes": "maxmemory", "changes_total": "keyspace_changes",
		`lookups_total{result="hit"}`: "keyspace_hits", `lookups_total{result="miss"}`: "keyspace_misses", "journal_enabled": "aof_enabled", "journal_bytes": "aof_current_size",
		"journal_base_bytes": "aof_base_size", "journal_appended_bytes_total": "aof_position", "journal_synced_bytes_total": "aof_synced_position",
		"journal_delayed_syncs_total": "aof_delayed_fsync", `rewrites_total{result="ok"}`: "aof_rewrites", `backups_total{result="ok"}`: "rdb_saves",
		"last_save_timestamp_seconds": "rdb_last_save_time", "quarantined_ids": "aof_quarantined_ids", `refusals_total{reason="protocol_error"}`: "refused_protocol_error",
	} {
		want, err := strconv.ParseFloat(info[field], 64)
		if got, ok := m["prefixtracker_"+name]; err != nil || !ok || got != want {
			t.Errorf("%s is %v, INFO has %s:%s", name, got, field, info[field])
		}
	}
	for name, want := range map[string]float64{
		"ready": 1, "prefixes": 1, "ids": 20, "journal_refusing": 0, "rewrite_in_progress": 0, `rewrites_total{result="failed"}`: 0, `backups_total{result="failed"}`: 0,
		`commands_total{command="pt.claimnext"}`: 1, `command_rejections_total{command="pt.add"}`: 1, `command_failures_total{command="pt.add"}`: 1,
		`command_duration_seconds_count{command="pt.claimnext"}`: 1, `command_duration_seconds_bucket{command="pt.claimnext",le="+Inf"}`: 1,
		`error_replies_total{code="ERR"}`: 2, `error_replies_total{code="OOM"}`: 0, `error_replies_total{code="MISCONF"}`: 0,
		`prefix_ids{prefix="vec:"}`: 20, `prefix_free_ids{prefix="vec:"}`: 980, `prefix_bound_ids{prefix="vec:"}`: 1000, `prefix_claims_total{prefix="vec:"}`: 30,
		`prefix_takes_total{prefix="vec:"}`: 10, `prefix_conflicts_total{prefix="vec:"}`: 1, `prefix_out_of_range_total{prefix="vec:"}`: 1,
		"other_prefixes": 0, "other_prefixes_ids": 0, "other_prefixes_memory_bytes": 0,
	} {
		if got, ok := m["prefixtracker_"+name]; !ok || got != want {
			t.Errorf("%s is %v (%t), want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"go_goroutines", "process_cpu_seconds_total", fmt.Sprintf("prefixtracker_build_info{goversion=%q,version=%q}", info["go_version"], info["prefixtracker_version"])} {
		if m[name] == 0 {
			t.Errorf("there is no %s", name)
		}
	}
}

var prefixLabel = regexp.MustCompile(`\{prefix="((?:[^"\\]|\\.)*)"\}$`)

// TestHTTP_MetricsOfManyPrefixes: the largest have metrics of their own, whatever their names are, and what the
// others come to is told.
func TestHTTP_MetricsOfManyPrefixes(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--metrics-prefixes", "10")
	c, l := connect(t, s.addr), look(t, s)
	const prefixes = 3000
	for i := range prefixes { // bytes of all kinds, and names that look like others' escapes
		c.send("PT.ADDRANGE", fmt.Sprintf("%c%c\"\\\n{}%d\xff", i%256, i%128, i), "0", strconv.Itoa(1+i))
	}
	c.send("PT.ADDRANGE", `\xFF`, "0", "1000001")
	c.send("PT.ADDRANGE", "\xff", "0", "1000000")
	for range prefixes + 2 {
		if _, err := c.receive(); err != nil {
			t.Fatal(err)
		}
	}
	var m map[string]float64
	eventually(t, "all are counted", func() bool {
		m = scrape(t, l)
		return m["prefixtracker_other_prefixes"] == prefixes+2-10
	})
	own, ids, memory := 0, 0.0, 0.0
	for name, value := range m {
		if prefixLabel.MatchString(name) {
			switch strings.TrimPrefix(name[:strings.IndexByte(name, '{')], "prefixtracker_prefix_") {
			case "ids":
				own++
				ids += value
			case "memory_bytes":
				memory += value
			}
		}
	}
	const all = prefixes*(prefixes+1)/2 + 2_000_001
	if own != 10 || ids+m["prefixtracker_other_prefixes_ids"] != all || m["prefixtracker_ids"] != all || memory < 1 || m["prefixtracker_other_prefixes_memory_bytes"] < memory {
		t.Errorf("%d have metrics of their own, with %v of %v IDs", own, ids, all)
	}
	if m[`prefixtracker_prefix_ids{prefix="\\x5CxFF"}`] != 1000001 || m[`prefixtracker_prefix_ids{prefix="\\xFF"}`] != 1000000 {
		t.Error("two that look alike are one")
	}
	none := look(t, startServer(t, "--http-addr", "127.0.0.1:0", "--metrics-prefixes", "0"))
	if n := scrape(t, none)["prefixtracker_other_prefixes"]; n != 0 {
		t.Errorf("%v others", n)
	}
}

// TestHTTP_Profiles are shown when somebody has said so, to those who may see the rest.
func TestHTTP_Profiles(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	l := look(t, startServer(t, "--http-addr", "127.0.0.1:0", "--http-pprof", "yes", "--requirepass", "sesame"))
	l.mustSay(t, "/debug/pprof/", http.StatusUnauthorized, "password")
	l = l.with("Authorization", "Bearer sesame")
	l.mustSay(t, "/debug/pprof/", http.StatusOK, "goroutine")
	l.mustSay(t, "/debug/pprof/goroutine?debug=1", http.StatusOK, "goroutine profile: total")
	l.mustSay(t, "/debug/pprof/profile?seconds=1", http.StatusOK, "\x1f\x8b")
	if a := l.get(t, "/debug/pprof/cmdline"); a.status != http.StatusNotFound || strings.Contains(a.body, "sesame") {
		t.Errorf("the command line: %d %s", a.status, a.body)
	}
}
