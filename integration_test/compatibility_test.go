package integration_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestWhatIsNotThere: what docs/compatibility.md says is not there is not, and has the error of a real
// redis-server for what it does not know.
func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| not there | why |")
	if !found {
		t.Fatal("the document has no table of what is not there")
	}
	c := connect(t, startServer(t).addr)
	names := 0
	for row := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(row, "|")
		if len(cells) < 2 {
			continue
		}
		for _, name := range regexp.MustCompile("`([A-Z ]+)`").FindAllStringSubmatch(cells[1], -1) {
			names++
			want := "-ERR unknown command '"
			if strings.Contains(name[1], " ") {
				want = "-ERR unknown subcommand '"
			}
			if r := c.mustReply(t, words(name[1]+" a b")...); !strings.HasPrefix(r.raw, want) {
				t.Errorf("%s replied %q", name[1], r.raw)
			}
		}
	}
	if names < 30 {
		t.Errorf("the table names %d commands", names)
	}
}
