package integration_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// exampleWorker is deploy's worker for these two servers, with what its container gives it.
func exampleWorker(t *testing.T, tracker, store string, variables ...string) *exec.Cmd {
	t.Helper()
	requireProgram(t, "/usr/bin/python3", "python3-redis")
	cmd := exec.Command("/usr/bin/python3", "../deploy/worker/fill.py")
	cmd.Env = append(append(cmd.Environ(), "TRACKER="+tracker, "STORE="+store), variables...)
	return cmd
}

// TestExampleWorker: workers fill a store together. One is killed, and another one has been given IDs and is never
// heard of again: what they had not confirmed, the last one writes.
func TestExampleWorker(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys, lost = 20_000, 100
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ids, store := startServer(t, "--requirepass-file", password), startRedis(t)
	admin, redis := connect(t, ids.addr), connect(t, store.addr)
	worker := func() *exec.Cmd {
		return exampleWorker(t, ids.addr, store.addr, "PASSWORD_FILE="+password, "PREFIX=img:", fmt.Sprint("KEYS=", keys), "LEASE=2000")
	}
	admin.mustDo(t, "AUTH secret", simple("OK"))
	admin.mustDo(t, fmt.Sprintf("PT.CREATE img: MAXID %d", keys), simple("OK"))
	// As a worker that died, or a reply that was lost.
	admin.mustReply(t, "PT.CLAIMNEXT", "img:", "COUNT", fmt.Sprint(lost), "LEASE", "1000")

	killed, other := startProcess(t, worker()), startProcess(t, worker())
	eventually(t, "a worker writes", func() bool { return redis.mustReply(t, "DBSIZE").text != "0" })
	killed.cmd.Process.Kill()
	<-killed.exited
	if code := other.waitExit(t); code != 0 {
		t.Fatalf("a worker exited with %d and printed\n%s", code, other.log.String())
	}
	admin.mustDo(t, "PT.COUNT img:", integer(keys))
	redis.mustDo(t, "DBSIZE", integer(keys))
	redis.mustDo(t, "GET img:000000000000", bulk("value of img:000000000000"))
	redis.mustDo(t, fmt.Sprintf("EXISTS img:%012d", keys-1), integer(1))

	// There is nothing left to do, and another value stays.
	redis.mustDo(t, "SET img:000000000000 another", simple("OK"))
	if output, code := runCommand(t, worker()); code != 0 || !strings.Contains(output, "0 keys filled; img: has") {
		t.Errorf("one more exited with %d and printed\n%s", code, output)
	}
	redis.mustDo(t, "GET img:000000000000", bulk("another"))
}

// A worker without somebody to ask, or to write to, says so in a line, and how it ends: it is started again.
func TestExampleWorker_Alone(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	ids, store := startServer(t), startRedis(t)
	const nobody = "127.0.0.1:1"
	for name, cmd := range map[string]*exec.Cmd{
		"no tracker": exampleWorker(t, nobody, store.addr),
		"no store":   exampleWorker(t, ids.addr, nobody),
		"no secret":  exampleWorker(t, ids.addr, store.addr, "PASSWORD_FILE=/nowhere"),
	} {
		if output, code := runCommand(t, cmd); code != 1 || strings.Count(output, "\n") != 1 {
			t.Errorf("%s: exited with %d and printed\n%s", name, code, output)
		}
	}
}
