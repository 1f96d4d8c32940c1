package commands

import (
	"errors"
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/reconcile"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The texts of all errors that this package makes. Those of package tracker go
// out behind a code, see phrase.
const (
	errInvalidID            engine.Error = "ERR invalid id: must be an integer from 0 to 281474976710655"
	errInvalidRange         engine.Error = "ERR invalid range: must be two integers from 0 to 281474976710656"
	errInvalidSize          engine.Error = "ERR invalid size: must be an integer from 0 to 281474976710656"
	errInvalidRatio         engine.Error = "ERR invalid ratio: must be a number from 0 to 1"
	errInvalidInnerRatio    engine.Error = "ERR invalid percentile or fraction: must be a number between 0 and 1"
	errInvalidTheta         engine.Error = "ERR invalid theta or deviation: must be a number over 0, 1000 at most"
	errInvalidTTL           engine.Error = "ERR invalid ttl: must be a positive number of milliseconds"
	errNoCluster            engine.Error = "ERR This instance has cluster support disabled"
	errTimeout              engine.Error = "ERR timeout is not an integer or out of range"
	errTimeoutNegative      engine.Error = "ERR timeout is negative"
	errNoKeys               engine.Error = "ERR The command has no key arguments"
	errKeysUnclear          engine.Error = "ERR Invalid arguments specified for command"
	errNotACommand          engine.Error = "ERR Invalid command specified"
	errWrongArgumentNumber  engine.Error = "ERR Invalid number of arguments specified for command"
	errAuthWithoutPassword  engine.Error = "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
	errNotInteger           engine.Error = "ERR value is not an integer or out of range"
	errNotAMember           engine.Error = "ERR value is not an ID of this prefix"
	errBitOffset            engine.Error = "ERR bit offset is not an integer or out of range"
	errBitValue             engine.Error = "ERR bit is not an integer or out of range"
	errBitArgument          engine.Error = "ERR The bit argument must be 1 or 0."
	errDebug                engine.Error = `ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`
	errSleep                engine.Error = "ERR invalid seconds: must be a number from 0 to 3600"
	errStopping             engine.Error = "ERR the server is stopping"
	errNoShutdown           engine.Error = "ERR No shutdown in progress."
	errNoShutdownHere       engine.Error = "ERR SHUTDOWN is not possible here"
	errNotKept              engine.Error = "ERR this server keeps nothing on the disk: it was started with --appendonly no"
	errSaving               engine.Error = "ERR Background save already in progress"
	errRewriting            engine.Error = "ERR Background append only file rewriting already in progress"
	errRewritingInstead     engine.Error = "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible."
	errWaitAOF              engine.Error = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled."
	errSlowLogCount         engine.Error = "ERR count should be greater than or equal to -1"
	errTrackingRedirect     engine.Error = "ERR CLIENT TRACKING with REDIRECT is not possible here: there is no pub/sub, each client is told itself, in RESP3"
	errTrackingPrefix       engine.Error = "ERR PREFIX option requires BCAST mode to be enabled"
	errTrackingSwitch       engine.Error = "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."
	errTrackingSwitchOpt    engine.Error = "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."
	errTrackingBroadcastOpt engine.Error = "ERR OPTIN and OPTOUT are not compatible with BCAST"
	errTrackingBoth         engine.Error = "ERR You can't specify both OPTIN mode and OPTOUT mode"
	errTrackingMany         engine.Error = "ERR too many prefixes: a client has at most 64 of 4096 bytes together"
	errClientID             engine.Error = "ERR Invalid client ID"
	errClientIDPositive     engine.Error = "ERR client-id should be greater than 0"
	errNoSuchClient         engine.Error = "ERR No such client"
	errHelloWithoutAuth     engine.Error = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
	errCachingNotTracking   engine.Error = "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
	errCachingProtocol      engine.Error = "ERR CLIENT CACHING needs RESP3"
	errCachingYes           engine.Error = "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
	errCachingNo            engine.Error = "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."
	errNoSuchKey            engine.Error = "ERR no such key"
	errSameObject           engine.Error = "ERR source and destination objects are the same"
	errKeyCount             engine.Error = "ERR numkeys should be greater than 0"
	errLimitNegative        engine.Error = "ERR LIMIT can't be negative"
	errBitOpNot             engine.Error = "ERR BITOP NOT must be called with a single source key."
	errBitOpUnbounded       engine.Error = "ERR BITOP NOT needs a key with a bound: make it with PT.CREATE and MAXID"
	errNotPositive          engine.Error = "ERR value is out of range, must be positive"
	errOOM                  engine.Error = "OOM command not allowed when used memory > 'maxmemory'."
	errDBIndex              engine.Error = "ERR DB index is out of range"
	errNoProto              engine.Error = "NOPROTO unsupported protocol version"
	errProtoNumber          engine.Error = "ERR Protocol version is not an integer or out of range"
	errWrongPass            engine.Error = "WRONGPASS invalid username-password pair or user is disabled."
	errClientName           engine.Error = "ERR Client names cannot contain spaces, newlines or special characters."
	errSavingLast           engine.Error = "ERR a SHUTDOWN SAVE is under way"
	errShutdownProtected    engine.Error = "ERR SHUTDOWN is not allowed for this client: --enable-protected-commands says who may, by default local connections and whoever has given the password"
	errOtherSettings        engine.Error = "ERR prefix exists with other settings"
	errNoPrefix             engine.Error = "NOPREFIX no such prefix: create it with PT.CREATE"
	errNoSync               engine.Error = "ERR PT.SYNC is not possible here"
	errSyncFrom             engine.Error = "ERR FROM is not allowed for this client: --enable-sync-from says who may, by default local connections. Without FROM the store is that of --store."
	errSyncOption           engine.Error = "ERR syntax error: behind the prefix come FROM url, MODE LOAD|VERIFY|REPAIR, DRYRUN and SETTLE ms, each at most once"
	errSyncMode             engine.Error = "ERR invalid mode: must be LOAD, VERIFY or REPAIR"
	errNoStore              engine.Error = "ERR no store is known: give FROM, or start the server with --store"
	errStoreURL             engine.Error = "ERR invalid store: must be a URL of up to 4096 bytes, such as redis://user:password@host:6379"
	errSettle               engine.Error = "ERR invalid settle: must be an integer from 1 to 3600000, in milliseconds"
	errNoJob                engine.Error = "NOJOB no such job: the last 32 are known"
	errNotChecked           engine.Error = "TRYAGAIN the password was not checked"
)

// Why CONFIG SET refuses, in Redis's words.
var (
	errConfigTwice = errors.New("duplicate parameter")
	errConfigFixed = errors.New("can't set immutable config")

	errConfigProtected = errors.New("can't set protected config")
)

func errOutOfRange(min, max int64) engine.Error {
	return engine.Error("ERR value is out of range, value must between " + strconv.FormatInt(min, 10) + " and " + strconv.FormatInt(max, 10))
}

func errBitOpKeys(operation string) engine.Error {
	return engine.Error("ERR BITOP " + operation + " must be called with at least two source keys.")
}

func errClientType(name []byte) engine.Error {
	return engine.Error("ERR Unknown client type '" + engine.Clipped(name) + "'")
}

func errTrackingOverlap(prefix, kind, other string) engine.Error {
	return engine.Error("ERR Prefix '" + engine.Clipped([]byte(prefix)) + "' overlaps with " + kind + " prefix '" +
		engine.Clipped([]byte(other)) + "'. Prefixes for a single client must not overlap.")
}

func errCategory(name []byte) engine.Error {
	return engine.Error("ERR Unknown category '" + engine.Clipped(name) + "'")
}

func errNoSuchUser(name []byte) engine.Error {
	return engine.Error("ERR No such user '" + engine.Clipped(name) + "'")
}

func errConfigUnknown(name []byte) engine.Error {
	return engine.Error("ERR Unknown option or number of arguments for CONFIG SET - '" + engine.Clipped(name) + "'")
}

func errConfigSet(name []byte, why error) engine.Error {
	return engine.Error("ERR CONFIG SET failed (possibly related to argument '" + engine.Clipped(name) + "') - " + why.Error())
}

func errHelloOption(option []byte) error {
	return engine.Error("ERR Syntax error in HELLO option '" + engine.Clipped(option) + "'")
}

func errClientAttribute(name []byte) error {
	return engine.Error("ERR Unrecognized option '" + engine.Clipped(name) + "'")
}

func errClientAttributeValue(name string) engine.Error {
	return engine.Error("ERR " + strings.ToLower(name) + " cannot contain spaces, newlines or special characters.")
}

// refuses tells the errors with which Redis does not let a command in.
func refuses(err engine.Error) bool { return err == errOOM || err == errDebug }

// phrase is what goes to the client for an error of package tracker. Whoever
// adds a sentinel there that needs a code of its own names it here.
func phrase(err error) engine.Error {
	switch {
	case errors.Is(err, tracker.ErrOutOfMemory):
		return errOOM
	case errors.Is(err, tracker.ErrNoMask):
		return engine.Error("NOPREFIX " + engine.Clipped([]byte(err.Error())))
	case errors.Is(err, tracker.ErrNotCreated):
		return errNoPrefix
	case errors.Is(err, tracker.ErrDeleterInUse):
		return engine.Error("INUSE " + err.Error())
	case errors.Is(err, tracker.ErrNoCursor):
		return engine.Error("NOCURSOR " + err.Error())
	case errors.Is(err, tracker.ErrNoLease):
		return engine.Error("NOLEASE " + err.Error())
	case errors.Is(err, reconcile.ErrBusy), errors.Is(err, reconcile.ErrMany):
		return engine.Error("BUSY " + err.Error())
	case errors.Is(err, reconcile.ErrNoStore):
		return errNoStore
	case errors.Is(err, tracker.ErrNoDeleter):
		return engine.Error("NOTOKEN " + err.Error())
	default:
		return engine.Error("ERR " + err.Error())
	}
}
