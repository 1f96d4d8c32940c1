package integration_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// drives runs prefixtracker run and returns what it prints for people or programs, what it says beside that, and its
// exit code.
func drives(t *testing.T, environment []string, args ...string) (output, beside string, code int) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"run"}, args...)...)
	cmd.Env = append(cmd.Environ(), environment...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // its exit code is looked at
	if strings.ContainsAny(stdout.String()+stderr.String(), "\x1b\r\x00\x7f\u202e\U000e0001") {
		t.Errorf("run %q prints what a terminal obeys:\n%q\n%q", args, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// anyText are flags of run that take any text, so that nonsense is none.
var anyText = map[string]bool{"prefix": true, "group": true, "tag": true, "requirepass": true}

// TestRun_BadInput: nonsense for any flag is an error in one line with exit code 2, and nothing has changed: not in the
// store, and no file is left.
func TestRun_BadInput(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	behind := connect(t, redis.addr)
	behind.mustDo(t, "SET vec:000000000001 mine", simple("OK"))
	url := "redis://" + redis.addr + "/?wait=100ms"
	dir, tmp := t.TempDir(), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		writeText(t, path, text)
		return path
	}
	secret := file("secret", "hunter2")
	environment := []string{"TMPDIR=" + tmp}
	refused := func(args ...string) {
		t.Helper()
		output, beside, code := drives(t, environment, args...)
		if code != 2 || output != "" || !isOneComplaint(beside) {
			t.Errorf("run %q exited with %d and printed %q and %q", args, code, output, beside)
		}
	}
	fill := []string{"--store", url, "--prefix", "vec:", "--keys", "100"}
	with := func(args ...string) []string { return append(append(fill[:len(fill):len(fill)], args...), "prefill") }

	// Each flag that there is.
	flags := helpOf(t)["run"].flags
	if len(flags) < 30 {
		t.Fatalf("--help has %d flags", len(flags))
	}
	for name, placeholder := range flags {
		if placeholder == "" {
			continue
		}
		values := []string{""}
		if !anyText[name] {
			values = append(values, "\x1b[2J\u202enonsense")
		}
		if first, _, _ := strings.Cut(placeholder, " "); first == "N" || first == "TIME" {
			values = append(values, "-1", "99999999999999999999999", "NaN")
		}
		for _, value := range values {
			refused(with("--" + name + "=" + value)...)
		}
	}
	for _, wrong := range [][]string{
		{}, {"prefill"}, {"--store", url}, {"--store", url, "prefill"}, {"--bad"},
		{"--store", url, "--prefix", "vec:", "prefill"}, // until when?
		with("--bad"), with("nonsense"), with("--dry-run", "--list"), with("--merge"), with("--merge", secret), with("--merge", "/dev/zero"),
		append(with(), "--clients", "x"), append(with(), "\x1b[2J"), append(with(), "--", "--clients"),
		with("--store", "nonsense"), with("--store", "redis://127.0.0.1:1/?wait=1ms"), with("--store", "redis://user:hunter2@"+redis.addr+"/?wait=1ms"),
		with("--requirepass-file", secret), with("--tls"), with("--insecure"), with("--tls-ca", secret), with("--barrier", "2"),
		with("--ids", "127.0.0.1"), with("--ids", "127.0.0.1:1"), with("--ids", redis.addr), with("--ids", dir+"/none"), with("--ids", dir+"/none", "--tls"),
		with("--ids", "127.0.0.1:1", "--tls-ca", secret), with("--ids", "127.0.0.1:1", "--tls", "--tls-ca", secret), with("--ids", "127.0.0.1:1", "--barrier", "0"),
		with("--config", file("settings.yaml", "stroe: x\n")),
		with("--workload", dir), with("--workload", dir+"/none"), with("--workload", "/dev/zero"), with("--workload", secret),
		with("--out", "json="), with("--out", "json="+dir), with("--out", "json="+dir+"/none/file"), with("--out", "xml"),
		with("--op", ""), with("--op", "claim"), with("--op", "ids=sample hit=2 GET {key}"), with("--op", "ids=sample GET {nonsense}"), with("--op", "ids=claim hit=1 SET {key} {value}"),
		with("--expect", "hit"), with("--expect", "p99<5"), with("--expect", "HELLO.p99<5ms"),
	} {
		refused(wrong...)
	}
	refused("--store", url, "--prefix", strings.Repeat("v", 1<<16), "--keys", "100", "prefill")
	if got := behind.mustReply(t, "DBSIZE").raw; got != ":1\r\n" {
		t.Errorf("the store has %q keys", got)
	}
	behind.mustDo(t, "GET vec:000000000001", bulk("mine"))
	for _, at := range []string{tmp, dir} {
		left, err := os.ReadDir(at)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range left {
			if f.Name() != "secret" && f.Name() != "settings.yaml" {
				t.Errorf("%s is left", f.Name())
			}
		}
	}
}
