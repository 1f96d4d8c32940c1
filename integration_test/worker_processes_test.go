package integration_test

import (
	"fmt"
	"os/exec"
	"testing"
)

// pythonWorker claims and writes until nothing is left and prints how many keys it wrote. NX
// makes a key that is written twice visible.
const pythonWorker = `
import sys, redis
tracker = redis.Redis(port=int(sys.argv[1]), decode_responses=True)
store = redis.Redis(port=int(sys.argv[2]), decode_responses=True)
total = 0
while keys := tracker.execute_command("PT.CLAIMNEXT", "vec:", "COUNT", 256, "KEYS"):
    pipe = store.pipeline(transaction=False)
    for key in keys:
        pipe.set(key, "value", nx=True)
    assert all(pipe.execute()), "a key was written twice"
    total += len(keys)
print(total)
`

// shellWorker is the same loop with nothing but redis-cli. An empty array prints an empty line.
const shellWorker = `
total=0
while keys=$(redis-cli -p "$1" PT.CLAIMNEXT vec: COUNT 100 KEYS) && [ -n "$keys" ]; do
    written=$(echo "$keys" | sed 's/.*/SET & value NX/' | redis-cli -p "$2" | grep -c OK)
    [ "$written" = "$(echo "$keys" | wc -l)" ] || { echo "a key was written twice"; exit 1; }
    total=$((total + written))
done
echo "$total"
`

func TestPythonWorkerProcesses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const python = "/usr/bin/python3" // the system's, for only that one sees the system's packages
	requireProgram(t, python, "python3")
	if _, code := run(t, python, "-c", "import redis"); code != 0 {
		requireProgram(t, "python3 module redis", "python3-redis")
	}
	eightProcesses(t, 50_000, python, "-c", pythonWorker)
}

func TestShellWorkerProcesses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	eightProcesses(t, 5_000, "sh", "-c", shellWorker, "worker")
}

// eightProcesses runs the worker eight times at once, with the ports of tracker and store as
// its last arguments.
func eightProcesses(t *testing.T, ids int, program string, args ...string) {
	t.Helper()
	tracker, store := startServer(t), startRedis(t)
	c := connect(t, tracker.addr)
	c.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", ids), simple("OK"))

	var workers []*process
	for range 8 {
		command := append(append([]string{}, args...), tracker.port, store.port)
		workers = append(workers, startProcess(t, exec.Command(program, command...)))
	}
	total := 0
	for _, worker := range workers {
		var n int
		code := worker.waitExit(t)
		if _, err := fmt.Sscan(worker.log.String(), &n); code != 0 || err != nil {
			t.Fatalf("a worker exited with %d and printed\n%s", code, worker.log.String())
		}
		total += n
	}
	if total != ids {
		t.Errorf("the workers wrote %d keys, want %d", total, ids)
	}
	c.mustDo(t, "PT.COUNT vec:", integer(ids))
	connect(t, store.addr).mustDo(t, "DBSIZE", integer(ids))
}
