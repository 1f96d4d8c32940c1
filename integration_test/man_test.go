package integration_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestManPage has a formatter look for what is wrong in the page, and print it: there is all that
// --help says.
func TestManPage(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "mandoc", "mandoc")
	page, code := run(t, binary, "man")
	if code != 0 || !strings.HasPrefix(page, ".TH PREFIXTRACKER 1 ") {
		t.Fatalf("man exited with %d and printed %.200s", code, page)
	}
	format := func(args ...string) string {
		cmd := exec.Command("mandoc", args...)
		cmd.Stdin = strings.NewReader(page)
		output, _ := runCommand(t, cmd)
		return output
	}
	for line := range strings.Lines(format("-T", "lint", "-W", "style")) {
		// A date would make the same program print different pages.
		if !strings.Contains(line, "missing date") {
			t.Error(line)
		}
	}
	asOne := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	printed := asOne(format("-T", "utf8", "-O", "width=1000"))
	printed = regexp.MustCompile(".\b").ReplaceAllString(printed, "") // what is bold is struck twice
	help, _ := run(t, binary, "--help")
	lines := 0
	for _, m := range regexp.MustCompile(`(?m)^ +(--[a-z-]+ .*?)  +(.*?)(?: \(default: (.*)\))? \[\$(PT_[A-Z_]+)\]$`).FindAllStringSubmatch(help, -1) {
		lines++
		want := m[1] + ", " + m[4] + " " + m[2] + "."
		if m[3] != "" {
			want += " Default: " + m[3] + "."
		}
		if !strings.Contains(printed, asOne(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for command, of := range helpOf(t) {
		text, _ := run(t, binary, "help", command)
		_, usage, _ := strings.Cut(text, "prefixtracker "+command+" - ")
		usage, _, _ = strings.Cut(usage, "\n")
		if want := strings.TrimSuffix(command+" "+of.arguments, " ") + " " + usage + "."; command != "" && !strings.Contains(printed, want) {
			t.Errorf("the page lacks %s", want)
		}
		for flag := range of.flags {
			if flag != "help" && !strings.Contains(printed, "--"+flag) {
				t.Errorf("the page lacks --%s of %q", flag, command)
			}
		}
	}
	if lines < 40 {
		t.Fatalf("%d settings in --help", lines)
	}
}
