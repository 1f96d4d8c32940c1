package commands

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Options are what the commands are made with. The zero value of a field is said
// there.
type Options struct {
	// MaxCount caps COUNT in hand-outs and iteration.
	MaxCount int
	// Version of the program, for HELLO and INFO.
	Version string
	// ConfigFile is where settings were read from, for INFO; "" is nowhere.
	ConfigFile string
	// Settings are what CONFIG knows; none is none.
	Settings []Setting
	// SlowLog and Latency are where commands that take long are noted; nil are
	// new ones.
	SlowLog *engine.SlowLog
	Latency *engine.Latency
	// Log counts the lines of the program's log; nil are counts that stay 0.
	Log *observe.LogCounters
	// Debug says who may use DEBUG; "" is nobody.
	Debug Access
	// Protected says who may stop the server with SHUTDOWN and change settings
	// that are protected; "" is AccessAuto.
	Protected Access
	// NoCreate refuses commands that would make a prefix that is missing: PT.CREATE
	// alone makes one.
	NoCreate bool
	// Loading: what was kept is yet to be read, see [engine.Config.Loading].
	Loading bool
	// Backup is the name of the file that SAVE and BGSAVE write; "" is dump.pt.
	Backup string
	// Sync makes prefixes agree with stores; nil refuses PT.SYNC.
	Sync Syncing
	// SyncFrom says who may name the store, to which the server connects then; "" is
	// nobody.
	SyncFrom Access
	// Shutdown asks the program to stop, for SHUTDOWN; nil refuses it. It is told why
	// a backup that was asked for was not written, and it is to stop all the same.
	Shutdown func(unsaved error)
}

// vocabulary is what the handlers of all connections share.
type vocabulary struct {
	registry *tracker.Registry
	config   Options
	process  observe.ProcessReader
	runID    string
	started  time.Time
	saving   atomic.Bool // somebody waits for the backup of a server that stops
}

// Setting is what CONFIG knows of a setting, in the name that Redis has for it.
type Setting struct {
	Name string
	Get  func() string
	// Set reads a value and returns the change to make, or why not, in Redis's
	// words. It is nil for what cannot be changed while the server runs.
	Set func(value string) (change func(), err error)
	// Protected is what [Options.Protected] is about: with some of its values no
	// client could work.
	Protected bool
}

// Access says who may do something that is not for everybody.
type Access string

// The kinds of Access. Local connections are those over loopback or a Unix
// socket.
const (
	AccessNo    Access = "no"
	AccessLocal Access = "local"
	AccessYes   Access = "yes"
	// AccessAuto is everybody where there is a password, which all have given then,
	// and else local connections.
	AccessAuto Access = "auto"
)

func newVocabulary(registry *tracker.Registry, options Options) *vocabulary {
	if options.Log == nil {
		options.Log = new(observe.LogCounters)
	}
	options.Backup = cmp.Or(options.Backup, "dump.pt")
	options.Protected = cmp.Or(options.Protected, AccessAuto)
	return &vocabulary{registry: registry, config: options, runID: newRunID(), started: time.Now()}
}

// newRunID returns 40 random hexadecimal digits, as Redis has them.
func newRunID() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // it does not fail
	return hex.EncodeToString(b[:])
}

// figures reads all numbers of the server.
func (v *vocabulary) figures(server *resp.Server, e *engine.Engine) *observe.Figures {
	f := new(observe.Figures)
	f.Server.Version, f.Server.ConfigFile, f.Server.RunID = v.config.Version, v.config.ConfigFile, v.runID
	server.Figures(f)
	e.Figures(f)
	v.process.Figures(f)
	f.Memory.Trackers, f.Memory.Limit = v.registry.Budget().Used(), v.registry.Budget().Limit()
	f.Log = v.config.Log.Read()
	f.Keyspace.Prefixes, f.Keyspace.Cursors = v.registry.Len(), v.registry.CountCursors(nil)
	f.Keyspace.Leases, f.Keyspace.Expired = v.registry.CountLeases()
	persistence(server.Log(), v.started, f)
	if v.config.Sync != nil {
		f.Sync = v.config.Sync.Figures()
	}
	return f
}
