package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// kind is how values of one sort are read and written. For every v that read
// returns, read(write(v)) is v again, or as near as write can say.
type kind[T any] struct {
	placeholder string // for a value, in --help
	must        string // what a value must be, in words, behind "must be"
	yesNo       bool
	secret      bool                         // what is written is for nobody's eyes
	read        func(text string) (T, error) // the errors are in Redis's words, for CONFIG SET
	write       func(T) string
}

// Redis's words for values that CONFIG SET refuses.
var (
	errNotInteger = errors.New("argument couldn't be parsed into an integer")
	errNotMemory  = errors.New("argument must be a memory value")
	errNotValue   = errors.New("argument is not a value of this setting")
	errNotPolicy  = errors.New("argument(s) must be one of the following: everysec, always, no")
	errSavings    = errors.New("Invalid save parameters")
)

// word is any text of one character at least, such as the name of a file.
func word(placeholder, must string) kind[string] {
	return kind[string]{
		placeholder: placeholder,
		must:        must,
		read: func(text string) (string, error) {
			if text == "" || strings.ContainsRune(text, 0) {
				return "", errNotValue
			}
			return text, nil
		},
		write: func(v string) string { return v },
	}
}

// password is what a client can give with AUTH.
func password() kind[string] {
	k := word("PASSWORD", fmt.Sprintf("a password of 1 to %d bytes", resp.MaxPassword))
	k.secret = true
	read := k.read
	k.read = func(text string) (string, error) {
		if len(text) > resp.MaxPassword {
			return "", errNotValue
		}
		return read(text)
	}
	return k
}

// oneOf is one of these words.
func oneOf[T ~string](words ...T) kind[T] {
	return kind[T]{
		placeholder: join(words, "|", "|"),
		must:        join(words, ", ", " or "),
		read: func(text string) (T, error) {
			if !slices.Contains(words, T(text)) {
				return "", errNotValue
			}
			return T(text), nil
		},
		write: func(v T) string { return string(v) },
	}
}

func join[T ~string](words []T, between, last string) string {
	var b strings.Builder
	for i, w := range words {
		switch i {
		case 0:
		case len(words) - 1:
			b.WriteString(last)
		default:
			b.WriteString(between)
		}
		b.WriteString(string(w))
	}
	return b.String()
}
