//go:build linux

package main

import (
	"fmt"
	"io"
)

// progress is one line on a terminal that says what goes on.
type progress struct{ out io.Writer }

// say replaces the line; an empty text clears it.
func (p progress) say(format string, args ...any) {
	// Progress is a courtesy: a terminal that went away is no failure.
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K"+format, args...)
}
