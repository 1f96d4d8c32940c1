package engine

import "strings"

// ArgType is the kind of an argument in COMMAND DOCS' words.
type ArgType string

// The kinds of arguments.
const (
	String    ArgType = "string"
	Integer   ArgType = "integer"
	Double    ArgType = "double"
	Key       ArgType = "key"
	Pattern   ArgType = "pattern"
	PureToken ArgType = "pure-token"
	OneOf     ArgType = "oneof"
	Block     ArgType = "block"
)

// Arg is one argument of a command. COMMAND DOCS, usage lines and the parser of
// options are made from it. An Arg is told from others by its address: specs may
// share one, and a handler asks for an option with it (see [Options]).
type Arg struct {
	Name     string
	Type     ArgType
	Token    string // the keyword before it, or the keyword itself
	Optional bool
	Multiple bool
	Args     []*Arg // the choices of a OneOf, the parts of a Block
	// Repeats lets an option come several times; the last counts.
	Repeats bool
	// Read reads a word of the argument, or refuses it; nil leaves the word to the
	// handler. Of an option the handler asks for what was read (see Options). A
	// word that has a place is read before the options, so that of several errors
	// the first counts, and again by the handler. Of a OneOf the words that are
	// none of the choices are read.
	Read func(word []byte) (uint64, error)
}

// Token returns the argument that is the keyword word (in upper case) itself.
func Token(word string) *Arg {
	return &Arg{Name: strings.ToLower(word), Type: PureToken, Token: word}
}

// Flag returns an option that is the keyword word alone.
func Flag(word string) *Arg {
	a := Token(word)
	a.Optional = true
	return a
}

// syntax is the argument as a usage line has it.
func (a *Arg) syntax() string {
	var word string
	switch a.Type {
	case PureToken:
		word = a.Token
	case OneOf, Block:
		parts := make([]string, len(a.Args))
		for i, p := range a.Args {
			parts[i] = p.syntax()
		}
		sep := " "
		if a.Type == OneOf {
			sep = "|"
		}
		word = strings.Join(parts, sep)
	default:
		word = a.Name
	}
	if a.Multiple {
		word += " [" + word + " …]"
	}
	if a.Token != "" && a.Type != PureToken {
		word = a.Token + " " + word
	}
	if a.Optional {
		word = "[" + word + "]"
	}
	return word
}
