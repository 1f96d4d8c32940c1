package cli

import (
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestWarnOfVariables(t *testing.T) {
	for variable, want := range map[string]string{
		"PT_ADDR=x":              "",
		"PT_SLOWLOG_MAX_LEN=":    "",
		"PATH=x":                 "",
		"pt_adr=x":               "",
		"PT_IDLE_TIMOUT=hidden":  `"variable":"PT_IDLE_TIMOUT","nearest":"PT_IDLE_TIMEOUT"`,
		"PT_MAXCLIENTS=hidden":   `"variable":"PT_MAXCLIENTS","nearest":"PT_MAX_CLIENTS"`,
		"PT_REQUIREPAS=hidden":   `"variable":"PT_REQUIREPAS","nearest":"PT_REQUIREPASS"`,
		"PT_SOMETHING=hidden":    `"variable":"PT_SOMETHING"`,
		"PT_=hidden":             `"variable":"PT_"`,
		"PT_ADDR2=hidden=hidden": `"variable":"PT_ADDR2","nearest":"PT_ADDR"`,
	} {
		var out strings.Builder
		warnOfVariables(rows(), []string{variable}, zerolog.New(&out))
		log := out.String()
		if want == "" && log != "" || !strings.Contains(log, want) || strings.Contains(log, "hidden") {
			t.Errorf("%s: the log says %q, want %q", variable, log, want)
		}
		if want != "" && (strings.Count(log, "\n") != 1 || !strings.Contains(log, `"level":"warn"`)) {
			t.Errorf("%s: want one warning, not %q", variable, log)
		}
		if strings.Contains(log, "nearest") && !strings.Contains(want, "nearest") {
			t.Errorf("%s: %q is not near", variable, log)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1},
		{"abc", "ac", 1}, {"ac", "abc", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
