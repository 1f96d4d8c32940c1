package integration_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// limited starts the binary with a limit of file descriptors.
func limited(descriptors int, flags string) *exec.Cmd {
	line := fmt.Sprintf(`ulimit -n %d; exec "$0" --addr 127.0.0.1:0 %s`, descriptors, flags)
	return exec.Command("/bin/sh", "-c", line, binary)
}

var atLeast = regexp.MustCompile(`at least (\d+) are needed`)

// TestDescriptors: a server that says "listening" serves, and one that has too few file descriptors for that
// says how many it needs. With as many, it serves.
func TestDescriptors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		descriptors int
		flags       string
	}{
		{6, ""}, {8, ""}, {9, "--listener redcon"}, {10, ""}, {16, ""}, {34, "--listener loop --loops 1"}, {1024, "--listener loop --loops 1024"}, {256, "--listener loop --loops 200"},
	} {
		t.Run(fmt.Sprint(test.descriptors, test.flags), func(t *testing.T) {
			t.Parallel()
			cmd := limited(test.descriptors, test.flags)
			mustRefuse(t, cmd, "file descriptors", strconv.Itoa(test.descriptors))
			p := startProcess(t, limited(test.descriptors, test.flags))
			p.waitExit(t)
			found := atLeast.FindStringSubmatch(p.log.String())
			if found == nil {
				t.Fatalf("it does not say how many are needed:\n%s", p.log.String())
			}
			s := startServerCommand(t, limited(atoi(t, found[1]), test.flags))
			c := connect(t, s.addr)
			c.mustDo(t, "PT.CLAIMNEXT v:", integer(0))
			// There is room for one; another is told so, which needs a descriptor, too.
			if r, err := connect(t, s.addr).receive(); err != nil || r.raw != failure("ERR max number of clients reached") {
				t.Errorf("another client is told %q, %v", r.raw, err)
			}
			c.mustDo(t, "PT.CLAIMNEXT v:", integer(1))
			if strings.Contains(s.log.String(), "accept failed") {
				t.Error("it has no descriptor for a client")
			}
		})
	}
}
