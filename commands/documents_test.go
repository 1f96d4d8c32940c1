package commands

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/transcript"
)

const prompt = "127.0.0.1:7171> "

// consoleBlock is a session in a document; what is typed into a shell comes first.
var consoleBlock = regexp.MustCompile("(?ms)^```console\n((?:\\$ [^\n]*\n)*)(.*?)^```$")

// TestDocuments_SessionsAreTrue replays what the documents show as sessions of
// redis-cli, each on an empty server.
func TestDocuments_SessionsAreTrue(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	steps := 0
	for _, path := range append(pages, "../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range consoleBlock.FindAllStringSubmatchIndex(string(text), -1) {
			shell := m[2] < m[3]
			if shell && !strings.HasPrefix(string(text[m[4]:m[5]]), prompt) {
				continue // only what a shell prints
			}
			// Empty lines in front, so that steps know their lines in the document.
			above := strings.Repeat("\n", strings.Count(string(text[:m[4]]), "\n"))
			f, err := transcript.Parse(strings.ReplaceAll(above+string(text[m[4]:m[5]]), "\n"+prompt, "\n> "))
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, b := range f.Blocks {
				replay(t, path, b, 2)
				steps += len(b.Steps)
			}
		}
	}
	if steps == 0 {
		t.Error("no document has a session")
	}
}
