package cli

import "testing"

// What stands in a text is no command of the formatter, and is printed as it is.
func TestManText(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "\n",
		"a-b":                        "a\\-b\n",
		".SH x":                      "\\&.SH x\n",
		"'br":                        "\\(aqbr\n",
		`\fB ^ ~ ` + "`":             "\\efB \\(ha \\(ti \\(ga\n",
		"3600 …":                     "3600 \\[u2026]\n",
		"one\n.two":                  "one .two\n",
		longWord + " .x " + longWord: longWord + "\n\\&.x\n" + longWord + "\n",
	} {
		if got := manText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

const longWord = "0123456789012345678901234567890123456789012345678901234567890123456789012345678"
