package sdsargs

import (
	"slices"
	"testing"
)

func TestCut(t *testing.T) {
	for line, want := range map[string][]string{
		"":                             nil,
		" \t\r\n\v\f":                  nil,
		"GET  key ":                    {"GET", "key"},
		`SET k "a b" 'c d'`:            {"SET", "k", "a b", "c d"},
		`"\x41\n\"\\" '\n\'' "" ''`:    {"A\n\"\\", `\n'`, "", ""},
		`pre"fix" "\xZZ\q" "\x4"`:      {"prefix", "xZZq", "x4"},
		"a\vb \vc":                     {"a\vb", "c"},
		"multi\nline":                  {"multi", "line"},
		`JSON.SET k $ '{"a": [1, 2]}'`: {"JSON.SET", "k", "$", `{"a": [1, 2]}`},
		`"a"b`:                         {"!"},
		`"a`:                           {"!"},
		`b'c\`:                         {"!"},
		"\x00 \xff":                    {"\x00", "\xff"},
	} {
		var got []string
		for rest := TrimLeft([]byte(line)); len(rest) > 0; rest = TrimLeft(rest) {
			word, behind, err := Cut(rest)
			if err != nil {
				got = []string{"!"}
				break
			}
			got, rest = append(got, string(word)), behind
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", line, got, want)
		}
	}
}
