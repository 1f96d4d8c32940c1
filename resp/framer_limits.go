package resp

import (
	"errors"
	"math"
)

// Limits bound what a Framer takes. What is below a field's range counts as
// its least value, what is above it as its greatest.
type Limits struct {
	Args    int // arguments of a command, 1 to 2^31-1
	Bulk    int // bytes of an argument that is sent as a bulk string, 0 to 512 MiB
	Command int // bytes of a command as it is sent, headers included, 0 to 1 GiB
	Inline  int // bytes before the line end of an inline command or a header, 32 to 1 MiB

	unauthenticated bool // errors are to say that more is allowed after AUTH
}

// The ends of the fields' ranges. Any valid header fits in the least line.
const (
	MaxArgs    = math.MaxInt32
	MaxBulk    = 512 << 20
	MaxCommand = 1 << 30
	MinInline  = 32
	MaxInline  = 1 << 20
)

// DefaultLimits returns the limits for clients that may use the server.
func DefaultLimits() Limits {
	return Limits{Args: 1 << 20, Bulk: 32 << 20, Command: 64 << 20, Inline: 64 << 10}
}

// MaxPassword is the most bytes of a password that a client can give.
const MaxPassword = 16 << 10

// UnauthenticatedLimits returns the limits for clients that have yet to
// authenticate.
func UnauthenticatedLimits() Limits {
	return Limits{Args: 10, Bulk: MaxPassword, Command: 64 << 10, Inline: 64 << 10, unauthenticated: true}
}

func (l Limits) clamped() Limits {
	l.Args = min(max(l.Args, 1), MaxArgs)
	l.Bulk = min(max(l.Bulk, 0), MaxBulk)
	l.Command = min(max(l.Command, 0), MaxCommand)
	l.Inline = min(max(l.Inline, MinInline), MaxInline)
	return l
}

// badArgs is the error for n arguments, which are more than l allows.
func (l Limits) badArgs(n int64) error {
	if l.unauthenticated && n <= MaxArgs {
		return errUnauthenticatedArgs
	}
	return errInvalidArgs
}

// badBulk is the error for a bulk string of n bytes, which are more than l
// allows.
func (l Limits) badBulk(n int64) error {
	if l.unauthenticated && n <= MaxBulk {
		return errUnauthenticatedBulk
	}
	return errInvalidBulk
}

// ProtocolError is input that breaks the protocol or a limit. The client gets
// its text after "-ERR ", and its connection ends.
type ProtocolError struct{ text string }

// Error returns the text, Redis's where Redis has such an error.
func (e *ProtocolError) Error() string { return e.text }

var (
	errInvalidArgs         = &ProtocolError{"Protocol error: invalid multibulk length"}
	errInvalidBulk         = &ProtocolError{"Protocol error: invalid bulk length"}
	errUnauthenticatedArgs = &ProtocolError{"Protocol error: unauthenticated multibulk length"}
	errUnauthenticatedBulk = &ProtocolError{"Protocol error: unauthenticated bulk length"}
	errLongArgsHeader      = &ProtocolError{"Protocol error: too big mbulk count string"}
	errLongBulkHeader      = &ProtocolError{"Protocol error: too big bulk count string"}
	errLongInline          = &ProtocolError{"Protocol error: too big inline request"}
	errUnbalancedQuotes    = &ProtocolError{"Protocol error: unbalanced quotes in request"}
	errCommandTooBig       = &ProtocolError{"Protocol error: too big command"}
	errNoCRLF              = &ProtocolError{"Protocol error: expected CRLF"}
)

// ErrHTTP is Next's error when the client speaks HTTP. Such a connection is
// closed without a reply, which a web page might get to see.
var ErrHTTP = errors.New("HTTP request on a Redis port")
