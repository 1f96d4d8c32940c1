package cli

import (
	"slices"
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
		if slices.Contains(known, name) {
			continue
		}
		event := log.Warn().Str("variable", name)
		if best, ok := nearest(name, known); ok {
			event.Str("nearest", best)
		}
		event.Msg("no setting has this environment variable")
	}
}

// nearest returns the name with the fewest changes of a letter to word, and
// whether it is so near that it was perhaps meant.
func nearest(word string, names []string) (best string, near bool) {
	changes := len(word) + 1
	for _, name := range names {
		if d := distance(word, name); d < changes {
			best, changes = name, d
		}
	}
	return best, best != "" && changes <= 1+len(word)/8
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
