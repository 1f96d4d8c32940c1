package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// program is the program of docs/coordination.md in this language that has this text, for these two servers.
func program(t *testing.T, language, having string, ids *server, store *store) string {
	t.Helper()
	text, err := os.ReadFile("../docs/coordination.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(m[1], having) {
			return strings.NewReplacer("port=7171", "port="+ids.port, "port=6379", "port="+store.port,
				"Redis(7171)", "Redis("+ids.port+")", "Redis(6379)", "Redis("+store.port+")").Replace(m[1])
		}
	}
	t.Fatalf("docs/coordination.md has no program in %s with %q", language, having)
	return ""
}

// TestCoordinationPrograms: the programs of the page do what it says, beside a worker who died with IDs in his hands.
func TestCoordinationPrograms(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "/usr/bin/python3", "python3-redis")
	requireNodeLibrary(t, "ioredis")
	ids, store := startServer(t), startRedis(t)
	admin, redis := connect(t, ids.addr), connect(t, store.addr)
	run := func(command ...string) {
		t.Helper()
		cmd := exec.Command(command[0], command[1:]...)
		modules, err := filepath.Abs("node/node_modules")
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Environ(), "NODE_PATH="+modules)
		if output, code := runCommand(t, cmd); code != 0 || output != "" {
			t.Fatalf("it exited with %d and printed\n%s", code, output)
		}
	}
	const keys = 20_000
	filled := func() {
		t.Helper()
		admin.mustDo(t, "PT.COUNT img:", integer(keys))
		redis.mustDo(t, "DBSIZE", integer(keys))
	}
	admin.mustDo(t, "PT.CREATE img: MAXID 20000", simple("OK"))
	admin.mustReply(t, words("PT.CLAIMNEXT img: COUNT 700 LEASE 1500")...)
	run("/usr/bin/python3", "-c", program(t, "python", "# fill", ids, store))
	filled()

	admin.mustReply(t, words("PT.CURSOR OPEN overwrite img: RANDOM 7")...)
	admin.mustReply(t, words("PT.CURSOR NEXT overwrite COUNT 700 LEASE 1500")...)
	run("/usr/bin/python3", "-c", program(t, "python", "# overwrite", ids, store))
	for _, id := range []string{"000000000000", "000000010000", "000000019999"} {
		redis.mustDo(t, "GET img:"+id, bulk("another value"))
	}
	filled()

	run("/usr/bin/python3", "-c", program(t, "python", "PT.TAKENEXT", ids, store))
	admin.mustDo(t, "PT.COUNT img:", integer(0))
	redis.mustDo(t, "DBSIZE", integer(0))

	admin.mustReply(t, words("PT.CLAIMNEXT img: COUNT 700 LEASE 1500")...)
	run("node", "-e", program(t, "js", "// fill", ids, store))
	filled()
}
