package integration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestControlCharacters_OfNames: what a directory is called forges no line of INFO, and no reply.
func TestControlCharacters_OfNames(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a\r\nforged:1\r\n\x1b[2J")
	s := keeping(t, dir)
	if err := os.MkdirAll(filepath.Join(dir, "dump.pt", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADD vec: 1", integer(1))
	plain := func(what, text string) {
		t.Helper()
		if strings.Contains(text, "\nforged") || strings.Contains(text, "\x1b") || !strings.Contains(text, "  forged:1") {
			t.Errorf("%s has %q", what, text)
		}
	}
	plain("SAVE", c.mustReply(t, "SAVE").text)
	plain("SHUTDOWN SAVE", c.mustReply(t, "SHUTDOWN", "SAVE").text)
	for _, line := range strings.Split(c.mustReply(t, "INFO", "all").text, "\r\n") {
		if name, value, _ := strings.Cut(line, ":"); name == "aof_last_error" {
			plain(name, value)
		} else if strings.Contains(line, "forged") {
			t.Errorf("INFO has %q", line)
		}
	}
	c.mustDo(t, "CONFIG GET dir", array(bulk("dir"), bulk(dir)))
}
