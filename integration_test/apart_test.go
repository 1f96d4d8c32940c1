package integration_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// keepApart gives a server, or whatever starts one, a directory of its own for its data, and no address to be shown
// at, unless the test says where: then two never meet in one, and nothing is left beside the source.
func keepApart(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	environment := cmd.Environ()
	without := func(flag, variable string) bool {
		says := func(name string) func(string) bool {
			return func(word string) bool { return word == name || strings.HasPrefix(word, name+"=") }
		}
		return !slices.ContainsFunc(cmd.Args, says(flag)) && !slices.ContainsFunc(environment, says(variable))
	}
	if without("--dir", "PT_DIR") {
		cmd.Env = append(cmd.Environ(), "PT_DIR="+t.TempDir())
	}
	if without("--http-addr", "PT_HTTP_ADDR") {
		cmd.Env = append(cmd.Environ(), "PT_HTTP_ADDR=off")
	}
}
