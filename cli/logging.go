package cli

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// newLogger returns the log of a level and a format, which are checked; the
// format "" is what suits out.
func newLogger(out *os.File, level zerolog.Level, format string) zerolog.Logger {
	var w io.Writer = out
	if format == logPretty || format == "" && isatty.IsTerminal(out.Fd()) {
		w = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
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
