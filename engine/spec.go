package engine

import "strings"

// Spec describes a command and says who answers it. It does not change.
type Spec struct {
	// Name in upper case; "CLIENT|ID" for a subcommand.
	Name string
	// Arity as in Redis: the number of words with the name (for subcommands
	// with both); negative for a minimum.
	Arity int
	// Flags as in Redis: readonly, write, fast, denyoom, admin, loading, no_auth, no_multi.
	Flags []string
	// FirstKey, LastKey and Step are the positions of keys, 0 for none.
	FirstKey, LastKey, Step int
	// KeyCount is the position of the word that says how many keys are behind it, 0
	// for none.
	KeyCount int
	Group    string
	// Categories are the ACL categories that do not follow from Flags and Group.
	Categories []string
	Summary    string
	Complexity string
	Since      string
	Args       []*Arg
	// Reply in the words of the documents.
	Reply string
	// Run answers the command.
	Run Handler
	// Subs are the subcommands; Run answers the bare name when Arity allows.
	Subs []*Spec

	// Unwatched replies depend on more than the keys: a client that keeps one
	// is told at once that it no longer holds.
	Unwatched bool
	// Long commands may wait, or work so long that other clients would notice.
	Long bool
	// Uneven commands cost what IDs lie like, and may leave their loop even when
	// they ask for little: EXEC does not execute them on one.
	Uneven bool
	// Immediate commands are executed inside MULTI, too.
	Immediate bool
	// Ends commands end the transaction at hand, also when they are refused.
	Ends bool
	// Vague commands have one error for what is no subcommand and for a wrong
	// number of words behind one, as some of Redis's have.
	Vague bool
	// Before, if there is one, is called with the words behind the name before the
	// options are read: its error counts before theirs, and it may answer itself.
	Before func(s *Session, args [][]byte) (answered bool, err error)
	// AsRedis has a syntax error in Redis's words, which do not say where it is.
	AsRedis bool
	// BadOption phrases the error for a word that is no option; nil is a syntax
	// error.
	BadOption func(word []byte) error
	// Redact returns the words of a command, its name included, as monitors and
	// the slow log may show them; nil is as they are.
	Redact func(words [][]byte) [][]byte
}

// Handler answers a command with one reply, or returns the error to reply with
// and has changed and written nothing. args begin after the name; they are
// valid during the call.
type Handler func(s *Session, args [][]byte) error

// Redacted stands for a word that is nobody's business.
var Redacted = []byte("(redacted)")

// Syntax returns the arguments as a usage line has them, behind the name.
func (s *Spec) Syntax() string {
	words := []string{strings.ReplaceAll(s.Name, "|", " ")}
	for _, a := range s.Args {
		words = append(words, a.syntax())
	}
	return strings.Join(words, " ")
}

// countKeys is what the word at KeyCount says, 0 if that cannot be, of a command whose
// words behind its name are args.
func (s *Spec) countKeys(args [][]byte) int {
	n, err := s.Args[s.KeyCount-1].Read(args[s.KeyCount-1])
	if err != nil || n > uint64(len(args)-s.KeyCount) {
		return 0
	}
	return int(n)
}

// Accepts tells whether a command of n words has the right number of them.
func (s *Spec) Accepts(n int) bool {
	if s.Arity < 0 {
		return n >= -s.Arity
	}
	return n == s.Arity
}

// short tells whether a command of n words has no more than it must.
func (s *Spec) short(n int) bool { return n == s.Arity || n == -s.Arity }
