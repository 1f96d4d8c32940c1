package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// visible is a text of others for people: in quotes if a terminal would obey something in it.
func visible(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

// tellJSON writes an object on one line. A program's output may end in a terminal, too: what it would obey is
// written as JSON writes any character, \uXXXX.
func tellJSON(out io.Writer, of any) {
	text, err := json.Marshal(of)
	if err != nil {
		panic(err) // of a type of ours
	}
	var line strings.Builder
	for _, r := range string(text) {
		if strconv.IsPrint(r) {
			line.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&line, `\u%04x`, unit)
		}
	}
	fmt.Fprintln(out, line.String())
}
