package integration_test

import (
	"strings"
	"testing"
)

// TestRun_Shipped runs every workload that comes with the program, in the order in which they are listed: the life of a
// data set. Each is as it expects, and leaves in the store what it says.
func TestRun_Shipped(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	behind := connect(t, redis.addr)
	environment := []string{"TMPDIR=" + t.TempDir(), "PT_STORE=redis://" + redis.addr}
	const keys = 2000
	left := map[string]int{ // in the store, -1: what its operations came to
		"prefill": keys, "read-only": keys, "mix": keys, "churn": -1, "delete-half": -1, "delete": 0, "vectors": keys,
	}
	for line := range strings.Lines(mustDrive(t, nil, 0, nil, "--list")) {
		name := words(line)[0]
		want, known := left[name]
		if !known {
			t.Errorf("what does %s leave in the store?", name)
			continue
		}
		mustDrive(t, environment, 0, nil, "--prefix", "vec:", "--keys", "2000", "--requests", "3000", "--workload", name, "--expect", "errors=0")
		if want >= 0 {
			behind.mustDo(t, "DBSIZE", integer(want))
		}
		mustDrive(t, environment, 0, []string{"verify of \"vec:\""}, "--prefix", "vec:", "--keys", "2000", "verify")
	}
	// What the last has written is what is told of it.
	mustDrive(t, environment, 0, []string{"HGET 3,000 "}, "--prefix", "vec:", "--requests", "3000", "--verify", "--op", "ids=sample HGET {key} text",
		"--expect", "hit=1", "--expect", "wrong=0")
	mustDrive(t, environment, 1, []string{"wrong=0: 3000, NOT as expected"}, "--prefix", "vec:", "--requests", "3000", "--verify", "--seed", "2", "--op", "ids=sample HGET {key} text",
		"--expect", "wrong=0")
}
