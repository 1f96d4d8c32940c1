package cli

import (
	"strings"

	"github.com/rs/zerolog"
)

// warnOfVariables tells of variables that look like settings and are none, by
// their names: a value may be a password.
func warnOfVariables(settings []row, environment []string, log zerolog.Logger) {
	var known []string
	for i := range settings {
		if settings[i].flag != "" {
			known = append(known, settings[i].variable())
		}
	}
	for _, assignment := range environment {
		name, _, _ := strings.Cut(assignment, "=")
		if !strings.HasPrefix(name, variablePrefix) {
			continue
		}
		best, changes := nearest(name, known)
		if changes == 0 {
			continue
		}
		event := log.Warn().Str("variable", name)
		if changes <= 1+len(name)/8 {
			event.Str("nearest", best)
		}
		event.Msg("no setting has this environment variable")
	}
}

// nearest returns the name with the fewest changes of a letter to word.
func nearest(word string, names []string) (best string, changes int) {
	changes = len(word) + 1
	for _, name := range names {
		if d := distance(word, name); d < changes {
			best, changes = name, d
		}
	}
	return best, changes
}

// distance is Levenshtein's: how many bytes must be put in, taken out or
// replaced to make a of b.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // from the a so far to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
