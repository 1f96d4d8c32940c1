package integration_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestHTTP_TellsHowItIs: whether the process answers and whether it is ready are two things.
func TestHTTP_TellsHowItIs(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--requirepass", "secret")
	l := look(t, s)
	l.mustSay(t, "/healthz", http.StatusOK, "ok\n")
	l.mustSay(t, "/readyz", http.StatusOK, "ready\n") // who probes has no password
	l.mustSay(t, "/metrics", http.StatusUnauthorized, "password")
}

// TestHTTP_NotReadyWhileItLoads: it is served before anything is read, and until the end.
func TestHTTP_NotReadyWhileItLoads(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir, addr := t.TempDir(), "127.0.0.1:"+freePort(t)
	lay(t, dir, backupOf(t, "PT.ADD io: 5"))
	p := startProcess(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--http-addr", addr, "--dir", dir,
		"--restore-skip", "1000000000000", "--max-memory", "8gb"))
	l := lookAt(t, "http://"+addr)
	eventually(t, "it says that it loads", func() bool {
		a, err := l.ask(http.MethodGet, "/readyz")
		if err != nil {
			return false
		}
		if a.status != http.StatusServiceUnavailable || !strings.HasPrefix(a.body, "loading") {
			t.Fatalf("%d %q", a.status, a.body)
		}
		return true
	})
	l.mustSay(t, "/healthz", http.StatusOK, "ok\n")
	l.mustSay(t, "/metrics", http.StatusOK, "\nprefixtracker_ready 0\n")
	l.mustSay(t, "/api/v1/prefixes", http.StatusOK, `"prefixes":[]`) // nobody may look yet
	l.mustSay(t, "/api/v1/map?prefix=io:", http.StatusServiceUnavailable, "loading")
	l.mustSay(t, "/api/v1/state", http.StatusOK, `"ready":false,"reason":"loading`)
	p.end(t)
}

// TestHTTP_NotReadyWhileItRefuses: a log that cannot take changes is told.
func TestHTTP_NotReadyWhileItRefuses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	disk := smallDisk(t, "20m")
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--dir", filepath.Join(disk, "data"))
	l, c := look(t, s), connect(t, s.addr)
	l.mustSay(t, "/readyz", http.StatusOK, "ready\n")
	ballast := filepath.Join(disk, "ballast")
	_ = os.WriteFile(ballast, make([]byte, 20<<20), 0o600) // as much as there is room for
	next := 0
	eventually(t, "a change is refused", func() bool {
		add := []string{"PT.ADD", "full:"}
		for range 1000 {
			add = append(add, strconv.Itoa(next))
			next += 64 // each has a word of its own in the log
		}
		return strings.HasPrefix(c.mustReply(t, add...).text, "MISCONF")
	})
	eventually(t, "it says so", func() bool {
		a := l.get(t, "/readyz")
		return a.status == http.StatusServiceUnavailable && strings.HasPrefix(a.body, "refusing changes: ") && strings.Count(a.body, "\n") == 1
	})
	l.mustSay(t, "/metrics", http.StatusOK, "\nprefixtracker_journal_refusing 1\n")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is ready again", func() bool { return l.get(t, "/readyz").status == http.StatusOK })
}

// TestHTTP_SaysThatItStops while somebody has yet to take his reply, and goes on to show what is.
func TestHTTP_SaysThatItStops(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--shutdown-timeout", patience.String(), "--write-timeout", patience.String())
	l := look(t, s)
	follows := l.follow(t, "")
	follows.until("state", func(data string) bool { return strings.Contains(data, `"ready":true`) })
	deaf := connect(t, s.addr)
	deaf.mustReply(t, "PT.ADDRANGE", "vec:", "0", "65536")
	for range 50 { // 65 MB, more than all buffers between
		deaf.send("PT.SCAN", "vec:", "0", "COUNT", "65536", "KEYS")
	}
	if _, err := deaf.receive(); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGTERM)
	eventually(t, "it says that it stops", func() bool {
		a, err := l.ask(http.MethodGet, "/readyz")
		if err != nil {
			t.Fatal("it did not say so:", err)
		}
		return a.status == http.StatusServiceUnavailable && a.body == "stopping\n"
	})
	follows.until("state", func(data string) bool { return strings.Contains(data, `"ready":false,"reason":"stopping"`) })
	deaf.close()
	for event := "state"; event != ""; {
		event, _ = follows.next()
	}
	if code := s.waitExit(t); code != 0 || follows.lines.Err() != nil {
		t.Errorf("it exited with %d, the stream with %v", code, follows.lines.Err())
	}
}

// TestHTTP_Addresses: what somebody has asked for must be there, and what nobody has is no reason to fail.
func TestHTTP_Addresses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	taken := "127.0.0.1:" + freePort(t)
	first := startServer(t, "--http-addr", taken)
	look(t, first).mustSay(t, "/healthz", http.StatusOK, "ok")
	mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--http-addr", taken), "--http-addr", taken, "in use")
	for _, off := range []string{"", "off"} {
		s := startServer(t, "--http-addr", off)
		if logLine(s.log.String(), "listening for HTTP") != nil {
			t.Errorf("--http-addr %q: it listens", off)
		}
	}
	// Two with the default: one of them, or somebody else on this machine, has the address.
	for range 2 {
		cmd := exec.Command(binary, "--addr", "127.0.0.1:0")
		cmd.Env = append(cmd.Environ(), "PT_HTTP_ADDR=") // says nothing, so it is the default
		s := startServerCommand(t, cmd)
		has, lacks := logLine(s.log.String(), "listening for HTTP"), logLine(s.log.String(), "nothing is shown over HTTP: --http-addr says where else")
		if (has == nil) == (lacks == nil) || has != nil && has["addr"] != "127.0.0.1:7172" {
			t.Errorf("the default: %v, %v", has, lacks)
		}
		connect(t, s.addr).mustDo(t, "PING", pingedOnce)
	}
	s := startServer(t, "--http-addr", ":0")
	if open := logLine(s.log.String(), "listening for HTTP")["open"]; !strings.HasPrefix(fmt.Sprint(open), "http://localhost:") {
		t.Errorf("a browser is to open %v", open)
	}
}
