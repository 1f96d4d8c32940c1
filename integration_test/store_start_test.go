package integration_test

import (
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// syncInfo returns the fields of INFO sync.
func syncInfo(t *testing.T, c *client) map[string]string {
	t.Helper()
	fields := make(map[string]string)
	for line := range strings.SplitSeq(c.mustReply(t, "INFO", "sync").text, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[name] = value
		}
	}
	return fields
}

// A server that is to have what its store has before it is used says so until it has, and serves
// meanwhile. A store that is not there yet is tried again.
func TestStore_ReadyWhenLoaded(t *testing.T) {
	t.Parallel()
	const n = 5000
	port := freePort(t)
	url := "redis://" + net.JoinHostPort("127.0.0.1", port)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--store", url+"?wait=500ms", "--sync-prefixes", "vec:,users:", "--sync-on-start")
	c, l := connect(t, s.addr), look(t, s)
	const why = "syncing with the store"
	l.mustSay(t, "/readyz", http.StatusServiceUnavailable, why)
	l.mustSay(t, "/healthz", http.StatusOK, "ok")
	l.mustSay(t, "/api/v1/state", http.StatusOK, `"ready":false,"reason":"`+why)
	if output, code := probing(t, nil, "healthcheck", "--addr", s.addr); code != 1 || !strings.Contains(output, why) || !isOneComplaint(output) {
		t.Errorf("healthcheck: %d, %q", code, output)
	}
	if output, code := probing(t, nil, "ping", "--addr", s.addr); code != 0 {
		t.Errorf("ping: %d, %q", code, output)
	}
	c.mustDo(t, "PT.ADD vec: 3 7000", integer(2)) // who does not wait is served
	eventually(t, "it says what is wrong", func() bool {
		answer := l.get(t, "/readyz").body
		return strings.Contains(answer, "vec:") && strings.Contains(answer, "refused") && strings.Count(answer, "\n") == 1
	})
	if info := syncInfo(t, c); info["sync_waiting"] != "1" || !strings.HasPrefix(info["sync_waiting_for"], why) || info["sync_store"] != url || info["sync_last_failed"] == "" {
		t.Errorf("INFO says %v", info)
	}
	if logLine(s.log.String(), "not loaded from the store yet") == nil {
		t.Error("the log does not say that it is tried again")
	}
	other := startProcess(t, exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()))
	beside := &store{process: other, addr: net.JoinHostPort("127.0.0.1", port), port: port}
	eventually(t, "redis-server answers", beside.answers)
	putKeys(t, connect(t, beside.addr), n)
	eventually(t, "it is ready", func() bool { return l.get(t, "/readyz").status == http.StatusOK })
	// It may have been loaded before all keys were there.
	if count := c.mustReply(t, "PT.COUNT", "vec:").text; count == "2" {
		t.Error("nothing was loaded")
	}
	mustTell(t, ended(t, c, startSync(t, c, "vec:")), "state:done", "mode:load")
	c.mustDo(t, "PT.COUNT vec:", integer(n+1))
	if output, code := probing(t, nil, "healthcheck", "--addr", s.addr); code != 0 || output != "ready\n" {
		t.Errorf("healthcheck: %d, %q", code, output)
	}
	info := syncInfo(t, c)
	if info["sync_waiting"] != "0" || info["sync_waiting_for"] != "" || !strings.Contains(info["sync_last_done"], `prefix="vec:"`) || info["sync_jobs_running"] != "0" || info["follow_enabled"] != "0" {
		t.Errorf("INFO says %v", info)
	}
}

// Whoever does not want to wait any longer stops the job: then the server is ready.
func TestStore_WaitingIsGivenUp(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--store", "redis://"+silent(t), "--sync-prefixes", "vec:", "--sync-on-start")
	c, l := connect(t, s.addr), look(t, s)
	eventually(t, "a job is under way", func() bool { return syncInfo(t, c)["sync_jobs_running"] == "1" })
	l.mustSay(t, "/readyz", http.StatusServiceUnavailable, "syncing with the store: vec: 0 keys read")
	c.mustDo(t, "PT.SYNC STOP 1", integer(1))
	eventually(t, "it is ready", func() bool { return l.get(t, "/readyz").status == http.StatusOK })
}
