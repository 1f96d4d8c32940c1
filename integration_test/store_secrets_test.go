package integration_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// The password of a store is nobody's business: neither that of --store nor that of FROM is shown to
// other clients, in the log, over HTTP, or in what is told of jobs that fail, and no error repeats what
// was nearly one.
func TestStore_PasswordsAreShownToNobody(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const secret = "topsecret"
	real := startRedis(t)
	connect(t, real.addr).mustDo(t, "CONFIG SET requirepass another", simple("OK"))
	url := "redis://user:" + secret + "@" + real.addr
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--store", url, "--slowlog-log-slower-than", "0", "--log-level", "debug")
	c, l := connect(t, s.addr), look(t, s)
	watcher := connect(t, s.addr)
	watcher.mustDo(t, "MONITOR", simple("OK"))
	var told bytes.Buffer
	for _, words := range [][]string{
		{"PT.SYNC", "START", "vec:"},
		{"PT.SYNC", "START", "vec:", "FROM", url},
		{"pt.sync", "start", "two:", "mode", "verify", "from", url, "dryrun"},
		{"PT.SYNC", "START", "vec:", "FORM", url},
		{"PT.SYNC", "START", "vec:", "MODE", url},
		{"PT.SYNC", "START", "vec:", "SETTLE", url},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://user:" + secret},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://:" + secret},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://user:" + secret + "@host:port"},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://user:" + secret + "/x@host"},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://user:" + secret + "%zz@host"},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://host/" + secret},
		{"PT.SYNC", "START", "vec:", "FROM", "redis://host?wait=" + secret},
		{"PT.SYNC", "START", "vec:", "FROM", "redis+sentinel://host/" + secret + "/" + secret},
		{"PT.SYNC", "START", "vec:", "FROM", secret + "://host"},
		{"PT.SYNC", "START", "vec:", "FROM", "user:" + secret + "@host"},
		{"PT.SYNC", "START", url, "FROM", "vec:"},
		{"PT.SYNC", "STATUS", url},
		{"PT.SYNC", "STOP", url},
		{"CONFIG", "SET", "Store", url},
		{"CONFIG", "SET", "maxmemory", "0", "requirepass", secret},
	} {
		told.WriteString(c.mustReply(t, words...).raw)
	}
	eventually(t, "all jobs end", func() bool {
		jobs := c.mustReply(t, "PT.SYNC", "STATUS")
		return !strings.Contains(jobs.raw, "$7\r\nrunning\r\n")
	})
	if jobs := c.mustReply(t, "PT.SYNC", "STATUS"); !strings.Contains(jobs.raw, "WRONGPASS") {
		t.Errorf("who is not let in is not told why: %q", jobs.raw)
	}
	for _, line := range []string{"PT.SYNC STATUS", "SLOWLOG GET 1000", "CLIENT LIST", "INFO everything", "CONFIG GET *"} {
		told.WriteString(c.mustReply(t, words(line)...).raw)
	}
	c.mustReply(t, "ECHO", "the end")
	for seen := ""; !strings.Contains(seen, "the end"); {
		r, err := watcher.receive()
		if err != nil {
			t.Fatal(err)
		}
		seen = r.raw
		told.WriteString(seen)
	}
	for _, path := range []string{"/metrics", "/readyz", "/api/v1/state", "/api/v1/sync", "/api/v1/clients"} {
		told.WriteString(l.get(t, path).body)
	}
	for _, flags := range [][]string{
		{"--check-config", "--store", url}, {"--check-config", "--store", "redis://user:" + secret}, {"--check-config", "--store", secret + "\x00"[:0] + "://"},
		{"--store", "redis://:" + secret}, {"--store", url + "?" + secret + "=1"},
	} {
		output, _ := run(t, binary, append(flags, "--addr", "127.0.0.1:0")...)
		told.WriteString(output)
	}
	told.WriteString(s.log.String())
	for line := range strings.Lines(told.String()) {
		if strings.Contains(line, secret) {
			t.Errorf("it is shown: %.300q", line)
		}
	}
	if shown := c.mustReply(t, "CONFIG", "GET", "store").raw; !strings.Contains(shown, real.addr) {
		t.Errorf("CONFIG GET store: %q", shown)
	}
	if !strings.Contains(told.String(), `"FROM" "(redacted)"`) {
		t.Error("MONITOR does not show that there was a FROM")
	}
}

// A store's URL that is none, and settings that lack others, are an error at once.
func TestStore_SettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for flags, what := range map[string]string{
		"--store nonsense":                        "--store",
		"--store http://127.0.0.1:6379":           "--store",
		"--store redis://127.0.0.1:99999":         "--store",
		"--sync-on-start":                         "--sync-on-start needs --store and --sync-prefixes",
		"--sync-on-start --store redis://h":       "--sync-on-start needs --store and --sync-prefixes",
		"--follow --sync-prefixes vec:":           "--follow needs --store and --sync-prefixes",
		"--follow-configure":                      "--follow-configure needs --follow",
		"--sync-prefixes vec:, --store redis://h": "--sync-prefixes",
	} {
		for _, more := range [][]string{nil, {"--check-config"}} {
			mustRefuse(t, exec.Command(binary, append(append(words(flags), "--addr", "127.0.0.1:0"), more...)...), what)
		}
	}
}
