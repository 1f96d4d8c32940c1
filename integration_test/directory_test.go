package integration_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// keepApart gives a server, or whatever starts one, a directory of its own for its data, unless the test says
// where they lie: then two never meet in one, and none is left beside the source.
func keepApart(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	says := func(name string) func(string) bool {
		return func(word string) bool { return word == name || strings.HasPrefix(word, name+"=") }
	}
	environment := cmd.Environ()
	if slices.ContainsFunc(cmd.Args, says("--dir")) || slices.ContainsFunc(environment, says("PT_DIR")) {
		return
	}
	cmd.Env = append(environment, "PT_DIR="+t.TempDir())
}
