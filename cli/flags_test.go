package cli

import (
	"strings"
	"testing"
)

func TestWithValues(t *testing.T) {
	isCommand := func(word string) bool { return word == "serve" }
	for line, want := range map[string]string{
		"":                                       "",
		"pt":                                     "pt",
		"pt --protected-mode":                    "pt --protected-mode=yes",
		"pt --protected-mode no":                 "pt --protected-mode=no",
		"pt -protected-mode NO --addr x":         "pt -protected-mode=NO --addr x",
		"pt --protected-mode=no":                 "pt --protected-mode=no",
		"pt --protected-mode --addr x":           "pt --protected-mode=yes --addr x",
		"pt --protected-mode serve --addr x":     "pt --protected-mode=yes serve --addr x",
		"pt --protected-mode maybe":              "pt --protected-mode=maybe",
		"pt serve --protected-mode off":          "pt serve --protected-mode=off",
		"pt --addr --protected-mode no":          "pt --addr --protected-mode no",
		"pt --addr=x --protected-mode no":        "pt --addr=x --protected-mode=no",
		"pt --requirepass --protected-mode":      "pt --requirepass --protected-mode",
		"pt -- --protected-mode no":              "pt -- --protected-mode no",
		"pt --addr":                              "pt --addr",
		"pt --help --protected-mode":             "pt --help --protected-mode=yes",
		"pt - --protected-mode on --no-such off": "pt - --protected-mode=on --no-such off",
	} {
		got := strings.Join(withValues(rows(), isCommand, strings.Fields(line)), " ")
		if got != want {
			t.Errorf("%s\n got  %s\n want %s", line, got, want)
		}
	}
}
