package main

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// long is when a test is worth a line of its own.
const long = 2 * time.Second

// test is a test with all its parts; one without a name stands for the package.
type test struct{ pkg, name string }

// report turns events into lines for people. It is not safe for concurrent use.
type report struct {
	out     io.Writer
	name    string
	now     func() time.Time
	running map[test]time.Time // without those that wait for others
	printed map[test]*strings.Builder
	skipped map[string]int   // by package
	longest map[test]float64 // of the parts: a test does not count those that run in parallel
	reasons *reasons
}

func newReport(out io.Writer, name string, now func() time.Time) *report {
	return &report{out: out, name: name, now: now,
		running: make(map[test]time.Time), printed: make(map[test]*strings.Builder), skipped: make(map[string]int), longest: make(map[test]float64), reasons: newReasons()}
}

// line takes a line of go test and tells whether something was said.
func (r *report) line(text []byte) bool {
	e, ok := parseEvent(text)
	if !ok || e.Action == "build-output" {
		if !ok {
			e.Output = string(text)
		}
		_, _ = io.WriteString(r.out, e.Output) // who does not listen misses it
		return true
	}
	name, _, part := strings.Cut(e.Test, "/")
	t := test{e.Package, name}
	switch e.Action {
	case "output":
		r.reasons.printed(test{e.Package, e.Test}, e.Output)
	case "pass", "fail", "skip":
		r.reasons.ended(test{e.Package, e.Test}, e.Action == "fail")
	}
	switch {
	case e.Action == "output":
		if r.printed[t] == nil {
			r.printed[t] = new(strings.Builder)
		}
		r.printed[t].WriteString(e.Output)
	case part:
		r.longest[t] = max(r.longest[t], e.Elapsed)
	case e.Action == "start", e.Action == "run", e.Action == "cont":
		r.running[t] = r.now()
	case e.Action == "pause":
		delete(r.running, t)
	case e.Action == "pass", e.Action == "fail", e.Action == "skip":
		return r.ended(t, e)
	}
	return false
}

func (r *report) ended(t test, e event) bool {
	took := time.Duration(max(e.Elapsed, r.longest[t]) * float64(time.Second)).Round(100 * time.Millisecond)
	printed := ""
	if b := r.printed[t]; b != nil {
		printed = b.String()
	}
	delete(r.printed, t)
	delete(r.running, t)
	delete(r.longest, t)
	if t.name == "" && e.Action == "fail" {
		r.cutShort(t.pkg)
	}
	switch {
	case e.Action == "fail":
		_, _ = io.WriteString(r.out, printed)
		r.say("FAIL %s, %s", t, took)
	case t.name != "" && e.Action == "skip":
		r.skipped[t.pkg]++
		return false
	case t.name != "" && took < long:
		return false
	case t.name != "":
		r.say("%s took %s", t, took)
	case e.Action == "skip":
		r.say("%s has no tests", t)
	default:
		more := ""
		if strings.Contains(printed, "(cached)") {
			more = ", as before (cached)"
		}
		if n := r.skipped[t.pkg]; n > 0 {
			more += fmt.Sprintf(", %d skipped", n)
		}
		r.say("ok %s, %s%s", t, took, more)
	}
	return true
}

// cutShort is for a program that ended before its tests, by a panic, or as it took too long: what is said of
// that stands with whichever test had the last word, and no line says that this has failed.
func (r *report) cutShort(pkg string) {
	var tests []test
	for t := range r.printed {
		if _, runs := r.running[t]; runs && t.pkg == pkg && t.name != "" {
			tests = append(tests, t)
		}
	}
	slices.SortFunc(tests, func(a, b test) int { return strings.Compare(a.name, b.name) })
	for _, t := range tests {
		_, _ = io.WriteString(r.out, r.printed[t].String())
		r.say("FAIL %s, which did not end", t)
		delete(r.printed, t)
		delete(r.running, t)
	}
	r.reasons.cutShort(pkg)
}

// end says why tests have failed.
func (r *report) end() {
	if why := r.reasons.last(); why != "" {
		r.say("why:\n%s", why)
	}
}

// waiting says what runs, the longest first.
func (r *report) waiting() {
	var tests []test
	for t := range r.running {
		if t.name != "" {
			tests = append(tests, t)
		}
	}
	slices.SortFunc(tests, func(a, b test) int { return r.running[a].Compare(r.running[b]) })
	var all []string
	for _, t := range tests {
		all = append(all, fmt.Sprintf("%s for %s", t, r.now().Sub(r.running[t]).Round(time.Second)))
	}
	if len(all) == 0 { // or packages are between their tests
		for t := range r.running {
			all = append(all, t.String()+" begins or ends")
		}
		slices.Sort(all)
	}
	if len(all) == 0 {
		all = []string{"building"}
	}
	r.say("... %s", strings.Join(all, ", "))
}

func (r *report) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, r.name+": "+format+"\n", args...) // as above
}

func (t test) String() string {
	if t.name == "" {
		return path.Base(t.pkg)
	}
	return path.Base(t.pkg) + "." + t.name
}
