package commands

import (
	"errors"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// wireError is an error whose text goes to the client as it is.
type wireError string

func (e wireError) Error() string { return string(e) }

// The texts of all errors that this package makes. Those of package tracker go
// out behind a code, see fail.
const (
	errSyntax                 wireError = "ERR syntax error"
	errKeysWithRuns           wireError = "ERR syntax error, KEYS not supported in combination with RUNS"
	errInvalidID              wireError = "ERR invalid id: must be an integer from 0 to 281474976710655"
	errInvalidRange           wireError = "ERR invalid range: must be two integers from 0 to 281474976710656"
	errInvalidSize            wireError = "ERR invalid size: must be an integer from 0 to 281474976710656"
	errInvalidTTL             wireError = "ERR invalid ttl: must be a positive number of milliseconds"
	errNoCluster              wireError = "ERR This instance has cluster support disabled"
	errTimeout                wireError = "ERR timeout is not an integer or out of range"
	errNoKeys                 wireError = "ERR The command has no key arguments"
	errNotACommand            wireError = "ERR Invalid command specified"
	errWrongArgumentNumber    wireError = "ERR Invalid number of arguments specified for command"
	errNestedMulti            wireError = "ERR MULTI calls can not be nested"
	errExecWithoutMulti       wireError = "ERR EXEC without MULTI"
	errDiscardWithoutMulti    wireError = "ERR DISCARD without MULTI"
	errInMulti                wireError = "ERR Command not allowed inside a transaction"
	errExecAbort              wireError = "EXECABORT Transaction discarded because of previous errors."
	errAuthWithoutPassword    wireError = "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
	errNotInteger             wireError = "ERR value is not an integer or out of range"
	errNotAMember             wireError = "ERR value is not an ID of this prefix"
	errBitOffset              wireError = "ERR bit offset is not an integer or out of range"
	errBitValue               wireError = "ERR bit is not an integer or out of range"
	errBitArgument            wireError = "ERR The bit argument must be 1 or 0."
	errDebug                  wireError = `ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`
	errSleep                  wireError = "ERR invalid seconds: must be a number from 0 to 3600"
	errStopping               wireError = "ERR the server is stopping"
	errNoShutdown             wireError = "ERR No shutdown in progress."
	errNoShutdownHere         wireError = "ERR SHUTDOWN is not possible here"
	errNothingToSave          wireError = "ERR SHUTDOWN SAVE: this server keeps nothing on disk"
	errSlowLogCount           wireError = "ERR count should be greater than or equal to -1"
	errTrackingMode           wireError = "ERR CLIENT TRACKING ON is possible with OPTIN only"
	errClientID               wireError = "ERR Invalid client ID"
	errClientIDPositive       wireError = "ERR client-id should be greater than 0"
	errNoSuchClient           wireError = "ERR No such client"
	errConfigTwice                      = "duplicate parameter"
	errConfigFixed                      = "can't set immutable config"
	errConfigInteger                    = "argument couldn't be parsed into an integer"
	errConfigMemory                     = "argument must be a memory value"
	errNoAuth                 wireError = "NOAUTH Authentication required."
	errHelloWithoutAuth       wireError = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
	errCachingWithoutTracking wireError = "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
	errCachingNo              wireError = "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."
	errCachingProtocol        wireError = "ERR CLIENT CACHING needs RESP3"
	errQueueFull              wireError = "ERR the commands queued are too many bytes"
	errNotPositive            wireError = "ERR value is out of range, must be positive"
	errOOM                    wireError = "OOM command not allowed when used memory > 'maxmemory'."
	errNoSuchPrefix           wireError = "ERR no such prefix"
	errDBIndex                wireError = "ERR DB index is out of range"
	errNoProto                wireError = "NOPROTO unsupported protocol version"
	errProtoNumber            wireError = "ERR Protocol version is not an integer or out of range"
	errWrongPass              wireError = "WRONGPASS invalid username-password pair or user is disabled."
	errClientName             wireError = "ERR Client names cannot contain spaces, newlines or special characters."
)

// errLater is no reply: the command will be executed again, on a goroutine of
// its connection's own (see [resp.Conn.LeaveLoop]).
var errLater = errors.New("to be executed later")

const maxEcho = 128 // bytes of a client's words that an error repeats

func clipped(b []byte) string {
	if len(b) > maxEcho {
		b = b[:maxEcho]
	}
	return string(b)
}

func errArity(name string) wireError {
	return wireError("ERR wrong number of arguments for '" + strings.ToLower(name) + "' command")
}

func errClientType(name []byte) wireError {
	return wireError("ERR Unknown client type '" + clipped(name) + "'")
}

func errNoSuchUser(name []byte) wireError {
	return wireError("ERR No such user '" + clipped(name) + "'")
}

func errConfigUnknown(name []byte) wireError {
	return wireError("ERR Unknown option or number of arguments for CONFIG SET - '" + clipped(name) + "'")
}

func errConfigSet(name []byte, why string) wireError {
	return wireError("ERR CONFIG SET failed (possibly related to argument '" + clipped(name) + "') - " + why)
}

func errHelloOption(option []byte) wireError {
	return wireError("ERR Syntax error in HELLO option '" + clipped(option) + "'")
}

func errClientAttribute(name []byte) wireError {
	return wireError("ERR Unrecognized option '" + clipped(name) + "'")
}

func errClientAttributeValue(name []byte) wireError {
	return wireError("ERR " + strings.ToLower(clipped(name)) + " cannot contain spaces, newlines or special characters.")
}

func errUnknownSubcommand(parent *Spec, sub []byte) wireError {
	return wireError("ERR unknown subcommand '" + clipped(sub) + "'. Try " + parent.Name + " HELP.")
}

func errUnknownCommand(args [][]byte) wireError {
	var b strings.Builder
	b.WriteString("ERR unknown command '" + clipped(args[0]) + "', with args beginning with: ")
	room := maxEcho
	for _, a := range args[1:] {
		if room <= 0 {
			break
		}
		word := string(a[:min(len(a), room)])
		b.WriteString("'" + word + "' ")
		room -= len(word) + 3
	}
	return wireError(b.String())
}

// fail replies with err and counts it.
func (x *Commands) fail(c *resp.Conn, err error) {
	text := wireText(err)
	code, _, _ := strings.Cut(text, " ")
	x.errors.add(code)
	c.Error(text)
}

// wireText is what goes to the client for err. Whoever adds a sentinel to
// package tracker that needs a code of its own names it here.
func wireText(err error) string {
	if wire, ok := err.(wireError); ok { // never wrapped
		return string(wire)
	}
	switch {
	case errors.Is(err, tracker.ErrOutOfMemory):
		return string(errOOM)
	case errors.Is(err, tracker.ErrDeleterInUse):
		return "INUSE " + err.Error()
	case errors.Is(err, tracker.ErrNoDeleter):
		return "NOTOKEN " + err.Error()
	default:
		return "ERR " + err.Error()
	}
}
