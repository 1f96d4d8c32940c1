package load

import (
	"bytes"
	"slices"
	"time"
)

// mostFaults is how many ways to go wrong of one kind of request are told apart.
const mostFaults = 64

// record notes the reply to a request, which came at a time.
func (w *worker) record(r *Request, reply *Reply, at time.Duration) {
	outcome, why := w.script.Reply(r, reply)
	f := &w.stats.Kinds[r.Kind]
	f.Outcomes[outcome]++
	if w.same.of != f || w.same.due != r.Due {
		w.recordSame(at)
		w.same = same{of: f, due: r.Due}
	}
	w.same.n++
	if why != "" {
		w.fault(f, r, []byte(why), nil)
	} else if outcome == Failed {
		w.fault(f, r, firstWord(reply.Text), reply.Text)
	}
}

// same is replies that came together to requests of one kind that were due together: they have one latency.
type same struct {
	of  *Figures
	due time.Duration
	n   int64
}

// recordSame records the latency of replies that came at a time.
func (w *worker) recordSame(at time.Duration) {
	if w.same.n > 0 {
		// A value in the histogram's range is never refused.
		_ = w.same.of.Latency.RecordValues(int64(min(max(at-w.same.due, 1), LongestWait)), w.same.n)
	}
	w.same = same{}
}

// fault counts what went wrong with a request under what, and keeps the text of the first.
func (w *worker) fault(f *Figures, r *Request, what, text []byte) {
	what = cut(what, longestName)
	fault := f.Faults[string(what)]
	if fault == nil {
		name := f.nameOf(string(what))
		if fault = f.Faults[name]; fault == nil {
			fault = &Fault{First: w.script.Describe(r)}
			if len(text) > 0 {
				fault.First += ": " + string(cut(text, longestFault))
			}
			f.Faults[name] = fault
		}
	}
	fault.Count++
}

// How much of what a server says of a fault is kept.
const (
	longestName  = 64
	longestFault = 512
)

func cut(text []byte, most int) []byte {
	if len(text) > most {
		return append(slices.Clone(text[:most]), "…"...)
	}
	return text
}

// firstWord is what servers name an error by.
func firstWord(text []byte) []byte {
	word, _, _ := bytes.Cut(text, []byte(" "))
	return word
}
