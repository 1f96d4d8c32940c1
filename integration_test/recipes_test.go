package integration_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// recipe returns the shell block of docs/using.md that has this text.
func recipe(t *testing.T, having string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/using.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(m[1], having) {
			return m[1]
		}
	}
	t.Fatalf("docs/using.md has no shell recipe with %q", having)
	return ""
}

// at gives a recipe the ports of this test's servers.
func at(script, tracker, store string) string {
	return strings.NewReplacer("-p 7171", "-p "+tracker, "-p 6379", "-p "+store).Replace(script)
}

// TestShellRecipes: the loop that fills a store fills it, and where it cannot it says so with its exit code: no
// tracker, a tracker that refuses, no store, and a store that refuses or ends in the middle.
func TestShellRecipes(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	fill := recipe(t, "prefill")
	shell := func(tracker, store string) (output string, code int) {
		return runCommand(t, exec.Command("/bin/sh", "-c", at(fill, tracker, store)))
	}
	const nobody = "1" // a port that needs a privilege, which nobody listens on
	ids, store := startServer(t), startRedis(t)
	admin, redis := connect(t, ids.addr), connect(t, store.addr)
	storePort := store.addr[strings.LastIndexByte(store.addr, ':')+1:]

	admin.mustDo(t, "PT.CREATE img: MAXID 20000", simple("OK"))
	if output, code := shell(ids.port, storePort); code != 0 {
		t.Fatalf("the recipe exited with %d and printed\n%s", code, output)
	}
	redis.mustDo(t, "DBSIZE", integer(20_000))

	for name, test := range map[string]struct {
		tracker, store string
		before, after  func()
	}{
		"no tracker": {nobody, storePort, nil, nil},
		"no store":   {ids.port, nobody, nil, nil},
		"a tracker without memory": {ids.port, storePort,
			func() { admin.mustDo(t, "CONFIG SET maxmemory 1", simple("OK")) }, func() { admin.mustDo(t, "CONFIG SET maxmemory 0", simple("OK")) }},
		"a store without memory": {ids.port, storePort,
			func() { redis.mustDo(t, "CONFIG SET maxmemory 1", simple("OK")) }, func() { redis.mustDo(t, "CONFIG SET maxmemory 0", simple("OK")) }},
	} {
		admin.mustDo(t, "PT.DROP img:", integer(1))
		if test.before != nil {
			test.before()
		}
		if output, code := shell(test.tracker, test.store); code == 0 {
			t.Errorf("%s: the recipe exited with 0 and printed\n%s", name, output)
		}
		if test.after != nil {
			test.after()
		}
		admin.mustReply(t, "PT.ADD", "img:", "0")
	}
}

// TestLoadGeneratorRecipes: memtier_benchmark's connections draw the same numbers unless each has its own seed.
func TestLoadGeneratorRecipes(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(recipe(t, "memtier_benchmark")) {
		if strings.HasPrefix(line, "memtier_benchmark") && !strings.Contains(line, " --distinct-client-seed ") {
			t.Errorf("%s has no --distinct-client-seed", line)
		}
	}
}
