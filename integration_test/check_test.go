package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkData runs prefixtracker check.
func checkData(t *testing.T, want int, args ...string) (output string) {
	t.Helper()
	output, code := run(t, binary, append([]string{"check"}, args...)...)
	if code != want {
		t.Errorf("check %q exited with %d, want %d:\n%s", args, code, want, output)
	}
	return output
}

func mustContain(t *testing.T, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
}

// TestCheck_DamageIsNamed damages a log: the server does not start, and says which file and byte; the check
// says the same, and with --fix what is before the damage is served again.
func TestCheck_DamageIsNamed(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	for round := range 3 { // so that there is something behind the damage that was on the disk once
		s := keeping(t, dir, "--appendfsync", "always")
		c := connect(t, s.addr)
		c.mustReply(t, "PT.ADD", "x:", string(rune('1'+round)))
		s.end(t)
	}
	mustContain(t, checkData(t, 0, dir), "incr-00000001.pt: log", "incr-00000003.pt: log", "whole: 1 prefixes")

	second := filepath.Join(dir, "incr-00000002.pt")
	patch(t, second, 64+24, []byte{0xff})
	mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--dir", dir), "incr-00000002.pt: byte 64", "damaged", "prefixtracker check "+dir)
	mustContain(t, checkData(t, 1, dir), "incr-00000001.pt: log", "incr-00000002.pt: byte 64: damaged")
	mustContain(t, checkData(t, 1, second), "byte 64")

	mustContain(t, checkData(t, 0, "--fix", dir), "damaged", "is lost", "incr-00000003.pt.cut: not part of the log any more", "whole: 1 prefixes")
	mustContain(t, checkData(t, 0, "--fix", dir), "whole") // there is nothing more to do
	c := connect(t, keeping(t, dir).addr)
	c.mustDo(t, "PT.MEXISTS x: 1 2 3", array(integer(1), integer(0), integer(0)))
}

// TestCheck_WhatIsNotThere: each is one line, and leaves nothing.
func TestCheck_WhatIsNotThere(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	missing, text := filepath.Join(dir, "missing"), filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("text ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	s := keeping(t, filepath.Join(dir, "used"))
	for _, test := range []struct{ line, want string }{
		{"", "check needs one DIR or FILE"},
		{"a b", "check needs one DIR or FILE"},
		{missing, "no such file or directory"},
		{"--fix " + missing, "no such file or directory"},
		{text, "not a prefixtracker file"},
		{"--fix " + text, "--fix is for a directory"},
		{dir, "there is no base and no log here"},
		{filepath.Join(dir, "used"), "in use by another process"},
		{"--fix " + filepath.Join(dir, "used"), "in use by another process"},
		{"--nosuch " + dir, "nosuch"},
	} {
		output := checkData(t, 1, words(test.line)...)
		mustContain(t, output, test.want)
		if strings.Count(output, "\n") != 1 || !strings.HasPrefix(output, "prefixtracker: ") {
			t.Errorf("check %s does not print one line:\n%s", test.line, output)
		}
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("to check what is missing makes it: %v", err)
	}
	s.end(t)
}
