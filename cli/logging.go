package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/rs/zerolog"
)

// newLogger returns the log of a level and a format, which are checked; the
// format "" is what suits out. What is logged goes through the queue, which the
// caller closes.
func newLogger(out *os.File, level zerolog.Level, format string, count *observe.LogCounters) (zerolog.Logger, *logQueue) {
	formatted := func(w io.Writer) io.Writer { return w }
	if format == logPretty || format == "" && isatty.IsTerminal(out.Fd()) {
		formatted = func(w io.Writer) io.Writer { return zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly} }
	}
	q := newLogQueue(out, count, formatted)
	return zerolog.New(formatted(q)).Level(level).With().Timestamp().Logger(), q
}

// complain writes the last words of a program that has failed. Who does not
// read them does not keep it from its end.
func complain(out io.Writer, err error) {
	q := newLogQueue(out, new(observe.LogCounters), func(w io.Writer) io.Writer { return w })
	fmt.Fprintln(q, programName+":", oneLine(strings.ReplaceAll(err.Error(), "\n", "; "))) // it may name a file of a stranger
	q.close(lastLines)
}

// logLevel is a level of the log. Those that are more for machines than for
// operators (trace, fatal) are not offered.
func logLevel() kind[zerolog.Level] {
	words := oneOf("debug", "info", "warn", "error")
	return kind[zerolog.Level]{
		placeholder: words.placeholder,
		must:        words.must,
		read: func(text string) (zerolog.Level, error) {
			word, err := words.read(text)
			if err != nil {
				return 0, err
			}
			return zerolog.ParseLevel(word)
		},
		write: zerolog.Level.String,
	}
}

// The formats of the log.
const (
	logPretty = "pretty"
	logJSON   = "json"
)
