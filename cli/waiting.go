package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/observe"
)

// wait is what a server waits for before it is ready.
type wait struct {
	prefix  string // that is loaded from the store, "" before the first
	job     uint64 // 0 for none
	trouble string // with the job before that, "" for none
}

// Figures are those of the Reconciler, and why the server is not ready.
func (s *syncing) Figures() observe.Sync {
	f := s.Reconciler.Figures()
	if w := s.waiting.Load(); w != nil {
		job, _ := s.Job(w.job)
		f.Waiting = w.text(job.Scanned)
	}
	return f
}

// text is it in one line, with the keys that have been read.
func (w *wait) text(keys uint64) string {
	const longest = 200 // of what others have said
	text := "syncing with the store"
	if w.prefix != "" {
		text += fmt.Sprintf(": %.*s %s keys read", longest, oneLine(w.prefix), grouped(keys))
	}
	if w.trouble != "" {
		text += fmt.Sprintf("; it was tried again after: %.*s", longest, oneLine(w.trouble))
	}
	return text
}

// oneLine is text without what a terminal would obey.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}

// grouped is n with a comma behind each thousand.
func grouped(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
