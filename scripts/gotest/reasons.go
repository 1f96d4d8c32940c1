package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	partReasons   = 10  // of one part of a test
	allReasons    = 30  // lines of them
	reasonLines   = 5   // of one reason
	longestReason = 300 // bytes of a line
)

var (
	// A reason is what a test says with its place in the source, or what ends the program. What a program
	// under test has written comes without a place: see testing.T.Output.
	beginsReason    = regexp.MustCompile(`^(    +[\w.-]+\.go:\d+: |panic: |fatal error: )`)
	endsProgram     = regexp.MustCompile(`^ *(panic|fatal error): `)
	continuesReason = regexp.MustCompile(`^(        |\t)`)
)

// reasons are why tests failed, to be said last: what the tests printed besides may be long.
type reasons struct {
	said map[test]*said // by each part of a test
	why  []string
}

type said struct {
	begun []string // each with the lines that belong to it
	room  int      // for more lines of the last one
}

func newReasons() *reasons { return &reasons{said: make(map[test]*said)} }

// printed notes a line.
func (r *reasons) printed(part test, line string) {
	s := r.said[part]
	if s == nil {
		s = new(said)
		r.said[part] = s
	}
	line = strings.TrimRight(line, "\n")
	if len(line) > longestReason {
		line = line[:longestReason] + "..."
	}
	switch {
	case beginsReason.MatchString(line):
		s.begun = append(s.begun, "    "+strings.TrimLeft(line, " "))
		s.room = reasonLines - 1
	case s.room > 0 && continuesReason.MatchString(line):
		s.begun[len(s.begun)-1] += "\n" + line
		s.room--
	default:
		s.room = 0
	}
}

// ended forgets what a part said, or keeps it if that failed. The first of many is the cause, the last the end.
func (r *reasons) ended(part test, failed bool) {
	s := r.said[part]
	delete(r.said, part)
	if !failed || s == nil || len(s.begun) == 0 {
		return
	}
	const half = partReasons / 2
	if more := len(s.begun) - 2*half; more > 0 {
		s.begun = append(append(s.begun[:half:half], fmt.Sprintf("    ... and %d more ...", more)), s.begun[half+more:]...)
	}
	r.why = append(r.why, "  "+part.String())
	r.why = append(r.why, strings.Split(strings.Join(s.begun, "\n"), "\n")...)
}

// cutShort is ended for all parts that have not, where something was said of the end of the program.
func (r *reasons) cutShort(pkg string) {
	var parts []test
	for part, s := range r.said {
		if part.pkg == pkg && part.name != "" && slices.ContainsFunc(s.begun, endsProgram.MatchString) {
			parts = append(parts, part)
		}
	}
	slices.SortFunc(parts, func(a, b test) int { return strings.Compare(a.name, b.name) })
	for _, part := range parts {
		r.ended(part, true)
	}
}

// last returns all reasons.
func (r *reasons) last() string {
	why := r.why
	if more := len(why) - allReasons; more > 0 {
		why = append(why[:allReasons:allReasons], fmt.Sprintf("  ... and %d lines more: see above", more))
	}
	return strings.Join(why, "\n")
}
