package integration_test

import (
	"os"
	"os/exec"
	"testing"
)

// fiveChecks is what a script prints that connects with its library's defaults, names a
// connection, pipelines 1,000 claims, runs a transaction, and makes a mistake.
const fiveChecks = `connect PONG
name loader
pipeline 1000 in order
transaction 2 1 tx:000000000001
error ERR invalid id: must be an integer from 0 to 281474976710655
`

// pythonChecks is the script for redis-py, which takes the code off an error's text.
const pythonChecks = `
import sys, redis
port = int(sys.argv[1])
print("connect", "PONG" if redis.Redis(port=port).ping() else "failed")
r = redis.Redis(port=port, client_name="loader", decode_responses=True)
print("name", r.client_getname())
pipeline = r.pipeline(transaction=False)
for _ in range(1000):
    pipeline.execute_command("PT.CLAIMNEXT", "pipe:")
print("pipeline", sum(n == i for i, n in enumerate(pipeline.execute())), "in order")
transaction = r.pipeline()
transaction.execute_command("PT.ADD", "tx:", 0, 7)
transaction.execute_command("PT.EXISTS", "tx:", 7)
transaction.execute_command("PT.CLAIMNEXT", "tx:", "KEYS")
print("transaction", *transaction.execute())
try:
    r.execute_command("PT.ADD", "vec:", -1)
except redis.ResponseError as e:
    print("error", "ERR", e)
`

// TestIORedis and TestNodeRedis are here for the two node libraries that know no way back to
// RESP2, or stop at the first start-up command that fails: HELLO, CLIENT SETINFO, INFO.
func TestIORedis(t *testing.T)   { runNodeChecks(t, "ioredis") }
func TestNodeRedis(t *testing.T) { runNodeChecks(t, "node-redis") }

func runNodeChecks(t *testing.T, library string) {
	t.Helper()
	t.Parallel()
	requireNodeLibrary(t, library)
	runFiveChecks(t, "node", "node/"+library+".js")
}

// requireNodeLibrary skips the test where the library of the script node/NAME.js is missing.
func requireNodeLibrary(t *testing.T, name string) {
	t.Helper()
	requireProgram(t, "node", "nodejs")
	if _, err := os.Stat("node/" + name + ".js"); err != nil {
		t.Fatal(err)
	}
	// The last thing that scripts/install-test-tools writes there.
	if _, err := os.Stat("node/node_modules/.installed"); err != nil {
		requireProgram(t, "node library "+name, "npm; then scripts/install-test-tools")
	}
}

// TestRedisPy is here for the library whose pipelines are transactions unless told otherwise.
func TestRedisPy(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3" // the system's, for only that one sees the system's packages
	requireProgram(t, python, "python3")
	if _, code := run(t, python, "-c", "import redis"); code != 0 {
		requireProgram(t, "python3 module redis", "python3-redis")
	}
	runFiveChecks(t, python, "-c", pythonChecks)
}

// runFiveChecks runs the script against a server of its own.
func runFiveChecks(t *testing.T, program string, args ...string) {
	t.Helper()
	s := startServer(t)
	cmd := exec.Command(program, append(args, s.port)...)
	// A library that finds something missing says so on standard error and goes on.
	if output, code := runCommand(t, cmd); code != 0 || output != fiveChecks {
		t.Errorf("%s exited with %d and printed\n%s\nwant\n%s", args[0], code, output, fiveChecks)
	}
}
