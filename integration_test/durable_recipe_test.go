package integration_test

import (
	"os/exec"
	"strconv"
	"testing"
)

// TestShellRecipeCompletes: the loop for the time after a kill gives the store the keys that it lacks, and no others.
func TestShellRecipeCompletes(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	ids, store := startServer(t), startRedis(t)
	admin, redis := connect(t, ids.addr), connect(t, store.addr)
	complete := at(recipe(t, "complete:"), ids.port, store.port)
	admin.mustDo(t, "PT.CREATE img: MAXID 5000", simple("OK"))
	handedOut := 0
	for _, count := range []int{0, 1, 2499, 2500} {
		keys := admin.mustReply(t, "PT.CLAIMNEXT", "img:", "COUNT", strconv.Itoa(count), "KEYS").texts()
		handedOut += count
		for i, key := range keys { // all but every third is written
			if i%3 > 0 {
				redis.mustDoArgs(t, []string{"SET", key, "another"}, simple("OK"))
			}
		}
		if output, code := runCommand(t, exec.Command("/bin/sh", "-c", complete)); code != 0 {
			t.Fatalf("the recipe exited with %d and printed\n%s", code, output)
		}
		redis.mustDo(t, "DBSIZE", integer(handedOut))
		admin.mustDo(t, "PT.COUNT img:", integer(handedOut))
	}
	redis.mustDo(t, "GET img:000000000002", bulk("another"))
	redis.mustDo(t, "GET img:000000000001", bulk("value"))
}
