package integration_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestRun_Tracker: a tracker elsewhere is found in each way that there is, with what it asks for, and has what was done.
func TestRun_Tracker(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	secret := filepath.Join(t.TempDir(), "secret")
	writeText(t, secret, "hunter2\n")
	s, socket := onSocket(t, "--requirepass-file", secret, "--enable-sync-from", "yes")
	known := []string{"PT_STORE=redis://" + redis.addr, "PT_REQUIREPASS_FILE=" + secret, "PT_ADDR=0.0.0.0:1"}
	fill := []string{"--prefix", "vec:", "--keys", "500"}
	mustDrive(t, known, 0, []string{"SET 500 "}, append(fill, "--ids", s.addr, "prefill")...)
	c := connect(t, s.addr)
	c.mustDo(t, "AUTH hunter2", simple("OK"))
	c.mustDo(t, "PT.COUNT vec:", integer(500))
	mustDrive(t, known, 0, []string{"DEL 250 "}, "--prefix", "vec:", "--ids", socket, "--op", "ids=take limit=50% DEL {key}")
	c.mustDo(t, "PT.COUNT vec:", integer(250))
	mustDrive(t, known, 0, []string{"found 250 ", "stale 0 ", "missing 0 "}, "--prefix", "vec:", "--ids", socket, "verify")
	c.mustReply(t, "PT.CLAIMNEXT", "vec:") // and writes nothing
	mustDrive(t, known, 1, []string{"stale 1 "}, "--prefix", "vec:", "--ids", socket, "verify")
	// What it has been told otherwise is an error, and so is not to be let in.
	for _, wrong := range [][]string{{"--ids", s.addr, "--width", "3"}, {"--ids", s.addr, "--tag", "x"}, {"--ids", s.addr, "--keys", "501"}, {"--ids", socket, "--requirepass", "hunter3", "--requirepass-file", ""}} {
		if output, beside, code := drives(t, known, append(wrong, "--prefix", "vec:", "prefill")...); code != 2 || output != "" || !isOneComplaint(beside) {
			t.Errorf("run %q exited with %d and printed %q and %q", wrong, code, output, beside)
		}
	}
	if _, beside, code := drives(t, known[:1], append(fill, "--ids", s.addr, "prefill")...); code != 2 || !strings.Contains(beside, "NOAUTH") {
		t.Errorf("without the password it exited with %d and printed %q", code, beside)
	}

	secure := startTLSServer(t)
	mustDrive(t, known[:1], 0, []string{"SET 500 "}, "--prefix", "tls:", "--keys", "500", "--ids", secure.tlsAddr, "--tls", "--tls-ca", secure.authority.file, "prefill")
	for _, wrong := range [][]string{{"--tls"}, {"--insecure"}, {"--tls-ca", secure.authority.file}, nil} {
		if output, beside, code := drives(t, known[:1], append(append(fill, "--ids", secure.tlsAddr), append(wrong, "prefill")...)...); code != 2 || output != "" || !isOneComplaint(beside) {
			t.Errorf("run %q exited with %d and printed %q and %q", wrong, code, output, beside)
		}
	}
}
