package integration_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// redisCLI runs redis-cli to its end. Whatever the mode, it must end well and complain of nothing:
// it prints a warning for a reply of the wrong type, and aborts for some.
func redisCLI(t *testing.T, s *server, args ...string) string {
	t.Helper()
	output, code := run(t, "redis-cli", append([]string{"-p", s.port}, args...)...)
	if code != 0 {
		t.Fatalf("redis-cli %q exited with %d and printed\n%s", args, code, output)
	}
	mustNotComplain(t, output)
	return output
}

func mustNotComplain(t *testing.T, output string) {
	t.Helper()
	lower := strings.ToLower(output)
	for _, complaint := range []string{"warn", "error", "assert", "unknown", "(null)"} {
		if strings.Contains(lower, complaint) {
			t.Errorf("found %q in\n%s", complaint, output)
		}
	}
}

// TestRedisCLIScan is the way to list many prefixes: over many pages each comes exactly once.
func TestRedisCLIScan(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	c := connect(t, s.addr)
	var even, all []string
	for i := range 2500 {
		prefix := fmt.Sprintf("%s:%04d:", []string{"even", "odd"}[i%2], i)
		c.send("PT.ADD", prefix, "7")
		all = append(all, prefix)
		if i%2 == 0 {
			even = append(even, prefix)
		}
	}
	for range all {
		if r, err := c.receive(); err != nil || r.raw != integer(1) {
			t.Fatalf("PT.ADD: %q, %v", r.raw, err)
		}
	}
	slices.Sort(all)
	for _, test := range []struct {
		options string
		want    []string
	}{
		{"--scan", all},
		{"-3 --scan", all},
		{"--scan --pattern even:*", even},
		{"--scan --pattern *:0[12]34:", []string{"even:0134:", "even:0234:"}},
		{"--scan --pattern none*", nil},
	} {
		got := strings.Fields(redisCLI(t, s, words(test.options)...))
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("redis-cli %s printed %d prefixes, want %d: %.200q", test.options, len(got), len(test.want), got)
		}
	}
}

// TestRedisCLIBigKeys walks the prefixes and asks for the type, the size and the memory of each.
func TestRedisCLIBigKeys(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE empty:", simple("OK"))
	for prefix, ids := range map[string]int{"one:": 1, "thousand:": 1000, "million:": 1_000_000} {
		c.mustDo(t, fmt.Sprintf("PT.ADDRANGE %s 0 %d", prefix, ids), integer(ids))
	}
	for i := range 200 {
		c.mustDo(t, fmt.Sprintf("PT.ADD small:%d: 7", i), integer(1))
	}
	memory := c.mustReply(t, "MEMORY", "USAGE", "million:").text
	for _, protocol := range []string{"-2", "-3"} {
		var args []string
		if protocol == "-3" {
			args = append(args, protocol)
		}
		sampled := "\nSampled 204 keys in the keyspace!\n"
		if output := redisCLI(t, s, append(args, "--bigkeys")...); !strings.Contains(output, sampled) {
			t.Errorf("redis-cli %s --bigkeys printed\n%s", protocol, output)
		}
		output := redisCLI(t, s, append(args, "--memkeys")...)
		biggest := regexp.MustCompile(`\nBiggest +\S+ found '"million:"' has ` + memory + ` bytes\n`)
		if !strings.Contains(output, sampled) || !biggest.MatchString(output) {
			t.Errorf("redis-cli %s --memkeys printed\n%s", protocol, output)
		}
	}
}
