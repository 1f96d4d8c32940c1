package report

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
)

var errFormat = errors.New("no such format")

// writers are the formats.
var writers = []struct {
	name  string
	write func(io.Writer, []driver.Result) error
}{
	{"json", writeJSON},
	{"csv", writeCSV},
	{"hgrm", writeHGRM},
}

// Formats are those of [Write].
func Formats() (names []string) {
	for _, f := range writers {
		names = append(names, f.name)
	}
	return names
}

// Write writes results in a format.
func Write(w io.Writer, format string, results []driver.Result) error {
	for _, f := range writers {
		if f.name == format {
			return f.write(w, results)
		}
	}
	return fmt.Errorf("%w: %q; there are %s", errFormat, format, strings.Join(Formats(), ", "))
}

// percentiles are those that stand in the formats beside the histogram that has them all.
var percentiles = []float64{50, 90, 95, 99, 99.9, 99.99}

func percentileName(p float64) string { return "p" + strconv.FormatFloat(p, 'f', -1, 64) }

// hitRatio is known where something could be hit.
func hitRatio(f *load.Figures) (ratio float64, known bool) {
	hits, misses := f.Outcomes[load.Hit], f.Outcomes[load.Miss]
	return float64(hits) / float64(hits+misses), hits+misses > 0
}

// perSecond is how many there were in a second.
func perSecond(n uint64, r *driver.Result) float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(n) / r.Took.Seconds()
}

// shown is a text of others without what a terminal would obey.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
