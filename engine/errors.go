package engine

import (
	"errors"
	"strings"
)

// Error is an error whose text goes to the client as it is: a code in upper
// case, then a sentence.
type Error string

func (e Error) Error() string { return string(e) }

// The errors of the engine itself.
const (
	ErrSyntax           Error = "ERR syntax error"
	ErrNoAuth           Error = "NOAUTH Authentication required."
	ErrNestedMulti      Error = "ERR MULTI calls can not be nested"
	ErrExecWithoutMulti Error = "ERR EXEC without MULTI"
	ErrDiscardNoMulti   Error = "ERR DISCARD without MULTI"
	ErrInMulti          Error = "ERR Command not allowed inside a transaction"
	ErrExecAbort        Error = "EXECABORT Transaction discarded because of previous errors."
	ErrQueueFull        Error = "ERR the commands queued are too many bytes"
	ErrKeyCount         Error = "ERR Number of keys can't be greater than number of args"
	ErrLoading          Error = "LOADING Redis is loading the dataset in memory"
)

// ErrLater is no reply: the command will be executed again, on a goroutine of
// its connection's own. A handler returns it when [resp.Conn.LeaveLoop] has said
// true.
var ErrLater = errors.New("to be executed later")

// MaxEcho is how many bytes of a client's words an error repeats.
const MaxEcho = 128

// Clipped returns the word as an error repeats it.
func Clipped(word []byte) string { return string(word[:min(len(word), MaxEcho)]) }

// SyntaxErrorAt is the error for a word that does not belong where it stands.
func SyntaxErrorAt(word []byte) Error {
	return ErrSyntax + Error(" at '"+Clipped(word)+"'")
}

// ErrArity is the error for a wrong number of words.
func ErrArity(name string) Error {
	return Error("ERR wrong number of arguments for '" + strings.ToLower(name) + "' command")
}

// ErrSubcommand is Redis's error for a subcommand that is unknown or has a wrong
// number of words, where it does not say which.
func ErrSubcommand(parent string, sub []byte) Error {
	return Error("ERR unknown subcommand or wrong number of arguments for '" + Clipped(sub) + "'. Try " + parent + " HELP.")
}

// errDiscarded is the error for a command that was to end a transaction, and was
// refused.
func errDiscarded(why error) Error {
	return Error("EXECABORT Transaction discarded because of: " + strings.TrimPrefix(why.Error(), "ERR "))
}

// errMisconf is the error for a command that may change something while the log
// cannot take it.
func errMisconf(why error) Error {
	return Error("MISCONF Errors writing to the log: " + why.Error() + ". Commands that may change data are refused; reads go on.")
}

func errUnknownSubcommand(parent string, sub []byte) Error {
	return Error("ERR unknown subcommand '" + Clipped(sub) + "'. Try " + parent + " HELP.")
}

func errUnknownCommand(words [][]byte) Error {
	var b strings.Builder
	b.WriteString("ERR unknown command '" + Clipped(words[0]) + "', with args beginning with: ")
	room := MaxEcho
	for _, w := range words[1:] {
		if room <= 0 {
			break
		}
		word := string(w[:min(len(w), room)])
		b.WriteString("'" + word + "' ")
		room -= len(word) + len("'' ")
	}
	return Error(b.String())
}
