package integration_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// popper drains a set with nothing but what every client of Redis knows, and prints each member on a line.
const popper = `
import sys, redis
r = redis.Redis(port=int(sys.argv[1]), decode_responses=True)
while members := r.spop("users:", 10):
    print(*members, sep="\n")
`

// TestScene10_Tools: tools that know Redis's own commands alone.
func TestScene10_Tools(t *testing.T) {
	s := newScene(t)
	requireProgram(t, "redis-cli", "redis-tools")
	n := *sceneKeys / 10
	port := fmt.Sprint(portOf(t, s.tracker.addr))
	cli := func(line string) string {
		output, _ := run(t, "redis-cli", append([]string{"-p", port}, words(line)...)...)
		return strings.TrimSpace(output)
	}
	for _, step := range [][2]string{{"SADD users: 1 2 3", "3"}, {"SCARD users:", "3"}, {"SISMEMBER users: 2", "1"}} {
		if got := cli(step[0]); got != step[1] {
			t.Errorf("%s printed %q, want %s", step[0], got, step[1])
		}
	}
	if member := cli("SRANDMEMBER users:"); !slices.Contains([]string{"1", "2", "3"}, member) {
		t.Errorf("SRANDMEMBER printed %q", member)
	}
	cli("DEL users:")
	if key := cli("PT.CLAIMNEXT users: KEYS"); key != "users:000000000000" {
		t.Errorf("PT.CLAIMNEXT KEYS printed %q", key)
	}
	s.admin.mustDo(t, fmt.Sprintf("PT.ADDRANGE users: 1 %d", n), integer(n-1))

	popped := newIDSet(n)
	var poppers []*process
	for range 4 {
		poppers = append(poppers, startProcess(t, exec.Command("/usr/bin/python3", "-c", popper, port)))
	}
	withConnections(t, 46, s.tracker.addr, func(_ int, c *client) error {
		for {
			members, err := c.list("SPOP", "users:", "10")
			if err != nil || len(members) == 0 {
				return err
			}
			if err := popped.addAll(members); err != nil {
				return err
			}
		}
	})
	for _, p := range poppers {
		if code := p.waitExit(t); code != 0 {
			t.Fatalf("it exited with %d and printed\n%s", code, p.log.String())
		}
		if err := popped.addAll(words(p.log.String())); err != nil {
			t.Error(err)
		}
	}
	if got := popped.count(); got != n {
		t.Errorf("%d members were popped, want %d", got, n)
	}
	s.admin.mustDo(t, "SCARD users:", integer(0))

	output, code := run(t, "redis-benchmark", "-p", port, "-n", "2000", "-P", "16", "-q", "PT.CLAIMNEXT", "bench:")
	if code != 0 {
		t.Errorf("redis-benchmark exited with %d:\n%s", code, output)
	}
	s.admin.mustDo(t, "PT.COUNT bench:", integer(2000))
}

// TestScene10_OneDeleter: a second one gets no delete iterator until the first has gone, or has been silent too long.
func TestScene10_OneDeleter(t *testing.T) {
	s := newScene(t)
	s.admin.mustDo(t, "PT.ADDRANGE users: 0 1000", integer(1000))
	const inUse = "-INUSE a delete iterator is active\r\n"
	owner := connect(t, s.tracker.addr)
	if r := owner.mustReply(t, words("PT.DELITER OPEN users: ONCLOSE")...); r.kind != '$' {
		t.Fatalf("PT.DELITER OPEN replied %q", r.raw)
	}
	s.admin.mustDo(t, "PT.DELITER OPEN users:", inUse)
	owner.close()
	var token string
	eventually(t, "the iterator has ended with its connection", func() bool {
		r := s.admin.mustReply(t, words("PT.DELITER OPEN users: TTL 200")...)
		token = r.text
		return r.kind == '$'
	})
	eventually(t, "the iterator has ended by time", func() bool {
		return s.admin.mustReply(t, words("PT.DELITER OPEN users:")...).kind == '$'
	})
	s.admin.mustDo(t, "PT.DELITER NEXT "+token, "-NOTOKEN no such delete iterator\r\n")
}
