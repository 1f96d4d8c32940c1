package integration_test

import (
	"strings"
	"testing"
)

// TestWrongArity sends every PT command with too few arguments, and those that take a fixed
// number with one too many.
func TestWrongArity(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	var cases []badCase
	for _, line := range []string{
		"PT.CREATE",
		"PT.DROP",
		"PT.INFO", "PT.INFO bound: open:",
		"PT.ADD", "PT.ADD bound:",
		"PT.REM", "PT.REM bound:",
		"PT.EXISTS", "PT.EXISTS bound:", "PT.EXISTS bound: 1 2",
		"PT.CLAIM", "PT.CLAIM bound:", "PT.CLAIM bound: 1 2",
		"PT.COUNT",
		"PT.MAP",
		"PT.ADDRANGE", "PT.ADDRANGE bound:", "PT.ADDRANGE bound: 1", "PT.ADDRANGE bound: 1 2 3",
		"PT.CLAIMNEXT",
		"PT.TAKENEXT",
		"PT.PARTITION", "PT.PARTITION bound:",
		"PT.SCAN", "PT.SCAN bound:",
		"ECHO", "ECHO a b", "PING a b", "SELECT", "SELECT 0 0",
	} {
		name, _, _ := strings.Cut(strings.ToLower(line), " ")
		cases = append(cases,
			bad(line, failure("ERR wrong number of arguments for '"+name+"' command")),
			bad(strings.ToLower(line), failure("ERR wrong number of arguments for '"+name+"' command")))
	}
	g.check(t, cases)
}

// TestArityOfEveryListedCommand asks the server for its commands, so that one added later is
// tested too: the least number of arguments is in the table, one less is an arity error.
func TestArityOfEveryListedCommand(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	tested := 0
	for _, command := range g.mustReply(t, "COMMAND").items {
		name, arity := command.items[0].text, command.items[1]
		if !strings.HasPrefix(name, "pt.") {
			continue
		}
		tested++
		least := atoi(t, arity.text)
		if least < 0 {
			least = -least
		}
		if least > 1 {
			args := append([]string{name}, numbers(0, least-2)...)
			g.check(t, []badCase{{args, failure("ERR wrong number of arguments for '" + name + "' command")}})
		}
	}
	if tested < 14 {
		t.Fatalf("COMMAND lists %d PT commands, want the 14 of the first round", tested)
	}
}
