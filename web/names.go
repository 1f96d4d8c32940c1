package web

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hexDigits = "0123456789ABCDEF"

// idOf is a prefix as it stands in a query: letters, digits and -._~ as they are, all
// other bytes as %NN.
func idOf(prefix string) string {
	plain := func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
	}
	var b strings.Builder
	for i := range len(prefix) {
		if c := prefix[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}

// nameOf is text for people: what is no UTF-8, or cannot be printed, as \xNN, and so is
// \ itself, so that no two are the same.
func nameOf(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || !shown(r) }) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if shown(r) && (r != utf8.RuneError || n > 1) {
			b.WriteString(text[i : i+n])
		} else {
			for _, c := range []byte(text[i : i+n]) {
				b.Write([]byte{'\\', 'x', hexDigits[c>>4], hexDigits[c&15]})
			}
		}
		i += n
	}
	return b.String()
}

func shown(r rune) bool { return unicode.IsPrint(r) && r != '\\' }
