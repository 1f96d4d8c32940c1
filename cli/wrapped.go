package cli

import "strings"

// wrapped is a text in lines of so many bytes at most, each behind begin.
func wrapped(text, begin string, width int) string {
	var b strings.Builder
	line := begin
	for _, word := range strings.Fields(text) {
		if line != begin && len(line)+len(word) > width {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = begin
		}
		line += word + " "
	}
	return b.String() + strings.TrimRight(line, " ") + "\n"
}
