package workload

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prefixtracker/prefixtracker/internal/sdsargs"
)

// Template is a command with places for what changes from request to request: {key}, {id}, {value}, {value:512},
// {value:100-200}, {vector:128}. It is not changed by its use.
type Template struct {
	text  string
	name  string
	words [][]piece
}

// piece is a part of a word: text, or a place.
type piece struct {
	kind pieceKind
	text string
	size Size // of a value; 0: that of the workload. Of a vector: dimensions
}

type pieceKind uint8

const (
	literal pieceKind = iota
	keyPlace
	idPlace
	valuePlace
	vectorPlace
)

// What a template may have. It is more than a command of a load has, and little enough to be held.
const (
	maxTemplate   = 64 << 10
	maxWords      = 1024
	maxValue      = 64 << 20
	maxDimensions = 64 << 10
	longestPlace  = 64 // what closes later stands around something else
)

var (
	errNoCommand  = errors.New("a command is missing")
	errLong       = fmt.Errorf("a command has at most %d bytes and %d words", maxTemplate, maxWords)
	errNotText    = errors.New("a command is text (UTF-8): other bytes are \"\\xHH\" in double quotes")
	errNameFixed  = errors.New("the first word is the command, without places")
	errNoPlace    = errors.New("nothing in it changes with the ID: it needs {key}, {id}, {value} or {vector:DIM}")
	errValueSize  = fmt.Errorf("the size of a value is N or N-M bytes, such as 512 or 100-200, up to %d", maxValue)
	errDimensions = fmt.Errorf("{vector:DIM} has 1 to %d dimensions", maxDimensions)
)

// ParseTemplate reads a command as redis-cli does, with quotes. {{ is {; braces that do not stand around a name
// in small letters are themselves.
func ParseTemplate(text string) (*Template, error) {
	if len(text) > maxTemplate {
		return nil, errLong
	}
	if !utf8.ValidString(text) {
		return nil, errNotText
	}
	var words []string
	for line := sdsargs.TrimLeft([]byte(text)); len(line) > 0; line = sdsargs.TrimLeft(line) {
		word, rest, err := sdsargs.Cut(line)
		if err != nil {
			return nil, err
		}
		words, line = append(words, string(word)), rest
	}
	switch {
	case len(words) == 0 || words[0] == "":
		return nil, errNoCommand
	case len(words) > maxWords:
		return nil, errLong
	}
	t := &Template{text: strings.TrimSpace(text), name: strings.ToUpper(words[0])}
	places := false
	for i, word := range words {
		pieces, err := cutPieces(word)
		if err != nil {
			return nil, err
		}
		for _, p := range pieces {
			places = places || p.kind != literal
		}
		if i == 0 && places {
			return nil, errNameFixed
		}
		t.words = append(t.words, pieces)
	}
	if !places {
		return nil, errNoPlace
	}
	return t, nil
}

// cutPieces finds the places in a word.
func cutPieces(word string) (pieces []piece, err error) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			pieces = append(pieces, piece{text: text.String()})
			text.Reset()
		}
	}
	for word != "" {
		before, rest, found := strings.Cut(word, "{")
		text.WriteString(before)
		if !found {
			break
		}
		if strings.HasPrefix(rest, "{") {
			text.WriteByte('{')
			word = rest[1:]
			continue
		}
		end := strings.IndexByte(rest[:min(len(rest), longestPlace)], '}')
		if end < 0 || !isPlace(rest[:end]) {
			text.WriteByte('{')
			word = rest
			continue
		}
		name, behind := rest[:end], rest[end+1:]
		p, err := parsePlace(name)
		if err != nil {
			return nil, err
		}
		flush()
		pieces = append(pieces, p)
		word = behind
	}
	flush()
	return pieces, nil
}

// isPlace tells whether what stands in braces is meant as a place: a name in small letters, with or without a colon.
func isPlace(text string) bool {
	name, _, _ := strings.Cut(text, ":")
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == ""
}

func parsePlace(text string) (p piece, err error) {
	name, size, sized := strings.Cut(text, ":")
	switch {
	case name == "key" && !sized:
		return piece{kind: keyPlace}, nil
	case name == "id" && !sized:
		return piece{kind: idPlace}, nil
	case name == "value" && !sized:
		return piece{kind: valuePlace, size: Size{-1, -1}}, nil
	case name == "value":
		p = piece{kind: valuePlace}
		p.size, err = ParseSize(size)
		return p, err
	case name == "vector":
		n, err := strconv.ParseUint(size, 10, 32)
		if err != nil || n < 1 || n > maxDimensions {
			return p, errDimensions
		}
		return piece{kind: vectorPlace, size: Size{int(n), int(n)}}, nil
	}
	return p, fmt.Errorf("{%s} is no place: there are {key}, {id}, {value}, {value:N}, {value:N-M}, {vector:DIM}; {{ is a brace", cutShort(text))
}

// ParseSize reads a size in bytes: 512, 100-200.
func ParseSize(text string) (Size, error) {
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	from, err1 := strconv.ParseUint(low, 10, 32)
	to, err2 := strconv.ParseUint(high, 10, 32)
	if err1 != nil || err2 != nil || from > to || to > maxValue {
		return Size{}, errValueSize
	}
	return Size{int(from), int(to)}, nil
}

func (s Size) String() string {
	if s.Min == s.Max {
		return strconv.Itoa(s.Min)
	}
	return fmt.Sprintf("%d-%d", s.Min, s.Max)
}

// Name is the command, in upper case.
func (t *Template) Name() string { return t.name }

// longest is about how many bytes a request has at most, with values of a size.
func (t *Template) longest(size Size) (n int) {
	const others = 32 // a head, a number, a key but for its prefix
	for _, word := range t.words {
		n += others
		for _, p := range word {
			switch {
			case p.kind == vectorPlace:
				n += 4 * p.size.Max
			case p.kind == valuePlace && p.size.Min < 0:
				n += size.Max
			case p.kind == valuePlace:
				n += p.size.Max
			default:
				n += len(p.text) + others
			}
		}
	}
	return n
}

// String is the text of the template.
func (t *Template) String() string { return t.text }

// cutShort is a text that a message can have.
func cutShort(text string) string {
	const most = 64
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
