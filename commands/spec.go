package commands

import (
	"iter"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// Spec describes a command and says who answers it.
type Spec struct {
	// Name in upper case; "CLIENT|ID" for a subcommand.
	Name string
	// Arity as in Redis: the number of words with the name (for subcommands
	// with both); negative for a minimum.
	Arity int
	// Flags as in Redis: readonly, write, fast, denyoom and so on.
	Flags []string
	// FirstKey, LastKey and Step are the positions of keys, 0 for none.
	FirstKey, LastKey, Step int
	Group                   string
	Summary                 string
	Complexity              string
	Since                   string
	Args                    []Arg
	// Reply in the README's words.
	Reply string
	// Run answers the command.
	Run Handler
	// Unwatched replies depend on more than the keys: a client that keeps one
	// is told at once that it no longer holds.
	Unwatched bool
	// Long commands may wait, or work so long that other clients would notice.
	Long bool
	// Immediate commands are executed inside MULTI, too.
	Immediate bool
	// Subs are the subcommands; Run answers the bare name when Arity allows.
	Subs []*Spec

	derived
}

// derived is what prepare makes of the rest.
type derived struct {
	lower         string // the name in lower case
	index         int    // the command's number among all, subcommands included
	fast          bool   // the flag of that name
	hidden        bool   // MONITOR does not show it
	reads, writes bool   // the flags readonly and write
	anybody       bool   // clients that have not authenticated may use it
	noMulti       bool   // it cannot be queued: it has no reply for EXEC to pass on
	help          *Spec  // the subcommand that lists the others
}

// prepare fills in what is derived, numbering from next on, and returns the
// next number.
func (s *Spec) prepare(next int) int {
	s.lower = strings.ToLower(s.Name)
	s.index = next
	s.fast = slices.Contains(s.Flags, "fast")
	s.reads, s.writes = slices.Contains(s.Flags, "readonly"), slices.Contains(s.Flags, "write")
	s.anybody = slices.Contains(s.Flags, "no_auth")
	s.noMulti = slices.Contains(s.Flags, "no_multi")
	s.hidden = slices.Contains(s.Flags, "admin")
	next++
	if s.Subs != nil && s.help == nil {
		s.help = s.newHelp()
		next = s.help.prepare(next)
	}
	for _, sub := range s.Subs {
		next = sub.prepare(next)
	}
	return next
}

// Handler answers a command with one reply, or returns the error to reply with
// and has changed and written nothing. args begin after the name.
type Handler func(x *Commands, c *resp.Conn, args [][]byte) error

// Groups of commands.
const (
	groupRegistry     = "registry"
	groupIDs          = "ids"
	groupHandOut      = "hand-out"
	groupIteration    = "iteration"
	groupConnection   = "connection"
	groupServer       = "server"
	groupKeyspace     = "generic"
	groupTransactions = "transactions"
	groupSet          = "set"
	groupBitmap       = "bitmap"
)

// ArgType is the kind of an argument in COMMAND DOCS' words.
type ArgType string

// The kinds of arguments.
const (
	ArgString    ArgType = "string"
	ArgInteger   ArgType = "integer"
	ArgKey       ArgType = "key"
	ArgPattern   ArgType = "pattern"
	ArgPureToken ArgType = "pure-token"
	ArgOneOf     ArgType = "oneof"
	ArgBlock     ArgType = "block"
	ArgDouble    ArgType = "double"
)

// Arg is one argument of a command.
type Arg struct {
	Name     string
	Type     ArgType
	Token    string // the keyword before it, or the keyword itself
	Optional bool
	Multiple bool
	Args     []Arg // the choices of a oneof, the parts of a block
}

// Arguments that many commands share.
var (
	argPrefix = Arg{Name: "prefix", Type: ArgKey}
	argID     = Arg{Name: "id", Type: ArgInteger}
	argIDs    = Arg{Name: "id", Type: ArgInteger, Multiple: true}
	argMin    = Arg{Name: "min", Type: ArgInteger}
	argMax    = Arg{Name: "max", Type: ArgInteger}
	argCount  = Arg{Name: "n", Type: ArgInteger, Token: "COUNT", Optional: true}
	argRange  = Arg{Name: "range", Type: ArgBlock, Token: "RANGE", Optional: true, Args: []Arg{argMin, argMax}}
	argForm   = Arg{Name: "form", Type: ArgOneOf, Optional: true, Args: []Arg{token("KEYS"), token("RUNS")}}
)

func token(word string) Arg { return Arg{Name: strings.ToLower(word), Type: ArgPureToken, Token: word} }

// Syntax returns the arguments as a usage line has them.
func (s *Spec) Syntax() string {
	words := []string{strings.ReplaceAll(s.Name, "|", " ")}
	for _, a := range s.Args {
		words = append(words, a.syntax())
	}
	return strings.Join(words, " ")
}

func (a Arg) syntax() string {
	var word string
	switch a.Type {
	case ArgPureToken:
		word = a.Token
	case ArgOneOf, ArgBlock:
		parts := make([]string, len(a.Args))
		for i, p := range a.Args {
			parts[i] = p.syntax()
		}
		sep := " "
		if a.Type == ArgOneOf {
			sep = "|"
		}
		word = strings.Join(parts, sep)
	default:
		word = a.Name
	}
	if a.Multiple {
		word += " [" + word + " …]"
	}
	if a.Token != "" && a.Type != ArgPureToken {
		word = a.Token + " " + word
	}
	if a.Optional {
		word = "[" + word + "]"
	}
	return word
}

// newHelp makes the subcommand that lists the others, as Redis's HELP does.
func (s *Spec) newHelp() *Spec {
	return &Spec{Name: s.Name + "|HELP", Arity: 2, Run: func(_ *Commands, c *resp.Conn, _ [][]byte) error {
		c.Array(1 + 2*len(s.Subs))
		c.SimpleString(s.Name + " <subcommand> [<arg> [value] ...]. Subcommands are:")
		for _, sub := range s.Subs {
			c.SimpleString(strings.TrimPrefix(sub.Syntax(), s.Name+" "))
			c.SimpleString("    " + sub.Summary)
		}
		return nil
	}}
}

// spelling returns word, a name of the command in any letters, if that is in
// upper or lower case, without allocating; else "", which no word is.
func (s *Spec) spelling(word []byte) string {
	switch {
	case string(word) == s.Name:
		return s.Name
	case string(word) == s.lower:
		return s.lower
	}
	return ""
}

// keys yields the keys among args.
func (s *Spec) keys(args [][]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		last := s.LastKey
		if last < 0 {
			last += len(args)
		}
		for i := s.FirstKey; i > 0 && i <= last && i < len(args); i += s.Step {
			if !yield(args[i]) {
				return
			}
		}
	}
}

// short tells whether a command of n words is done in about as long as a look
// at the clock takes.
func (s *Spec) short(n int) bool { return s.fast && (n == s.Arity || n == -s.Arity) }

// accepts tells whether a command of n words has the right number of them.
func (s *Spec) accepts(n int) bool {
	if s.Arity < 0 {
		return n >= -s.Arity
	}
	return n == s.Arity
}
