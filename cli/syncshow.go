package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// syncShow shows a job while it goes on: as JSON, or on standard error to people.
type syncShow struct {
	out   io.Writer // for JSON, else nil
	next  time.Time
	ahead *headway
	named bool
}

func (s *syncer) newShow() *syncShow {
	if s.json {
		return &syncShow{out: s.out, next: time.Now().Add(jsonEvery)}
	}
	return &syncShow{ahead: startHeadway("keys"), named: s.beside}
}

// job shows how far a job is.
func (w *syncShow) job(job *remote.SyncJob) {
	if w.out != nil {
		if now := time.Now(); !now.Before(w.next) {
			w.next = now.Add(jsonEvery)
			tellJSON(w.out, job)
		}
		return
	}
	if !w.named && w.ahead.bar == nil { // who sees a bar has typed what it is of
		w.named = true
		w.say(syncTitle(job))
	}
	done := job.Visited
	if done == 0 {
		done = job.Scanned
	}
	more := []string{fmt.Sprintf("found %d", job.Found)}
	if job.Unparsable > 0 {
		more = append(more, fmt.Sprintf("unparsable %d", job.Unparsable))
	}
	w.ahead.at(done, job.Size, append(more, visible(job.Phase))...)
}

// say says something in a line of its own.
func (w *syncShow) say(text string) {
	w.end()
	fmt.Fprintln(os.Stderr, text)
}

func (w *syncShow) end() {
	if w.ahead != nil {
		w.ahead.end()
	}
}
