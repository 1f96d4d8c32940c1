package observe

import "time"

// Figures is the state of a server at some moment of the call that read it. What
// counts does so since the start, or the last reset of the statistics.
type Figures struct {
	Server      Server
	Clients     Clients
	Memory      Memory
	Traffic     Traffic
	Process     Process
	Loops       Loops
	Log         Log
	Keyspace    Keyspace
	Loading     Loading
	Persistence Persistence
	Caching     Caching
	Commands    []Command
	Errors      []Error
	Sync        Sync
}

// Server is what a server is.
type Server struct {
	Version    string
	GoVersion  string
	OS, Arch   string // as Go names them
	RunID      string // 40 hexadecimal digits, other ones at each start
	PID        int
	Port       int // of the first TCP listener; 0 is none
	Started    time.Time
	Executable string // "" where the system does not say
	ConfigFile string // that the settings were read from, "" for none
}

// Clients are who is connected.
type Clients struct {
	Connected  int
	Max        int // 0 is any number
	Tracking   int // with CLIENT TRACKING on
	Monitoring int
	MaxInput   int // bytes that one of them has sent of its next command
	MaxOutput  int // bytes that one of them has not taken yet
}

// Client is one who is connected.
type Client struct {
	ID              uint64
	Address         string
	Name, Library   string // its own words
	Command         string // executed last, in lower case
	Connected, Idle time.Duration
	Commands        uint64 // executed
}

// Memory is in bytes.
type Memory struct {
	Heap     uint64 // of live and not yet collected objects
	HeapPeak uint64 // the largest Heap that was read
	Spans    uint64 // that the heap lies in
	Held     uint64 // that the runtime has of the system
	System   uint64 // of the machine; 0 where unknown
	Resident uint64 // of the process, in RAM; 0 where unknown
	Queries  int64  // that commands under way hold
	Trackers int64
	Limit    int64 // of Trackers; 0 is none
}

// Traffic is what has gone through all connections.
type Traffic struct {
	Connections uint64
	Commands    uint64
	BytesIn     uint64
	BytesOut    uint64
	Reads       uint64 // that got something
	Writes      uint64 // of which something was taken
	Rates       Rates
	Rejected    uint64 // connections turned away
	Refusals    []Refusal
	Stalls      []Stall
	LongestTurn Turn
	Panics      uint64 // of handlers
	Held        int    // connections whose replies wait for the log
}

// Stall is what has held up an event loop for longer than nothing may, and how
// often: the name of a command, or of something that the server does by itself.
type Stall struct {
	What  string
	Count uint64
}

// Turn is what an event loop has been busy with, and for how much of its processor's
// time; zero for nothing that took long enough to be looked at.
type Turn struct {
	What string
	Took time.Duration
}

// Rates are of the last second or so, per second.
type Rates struct{ Commands, BytesIn, BytesOut float64 }

// Refusal is a reason for which clients do not get what they want, and how often
// it was given.
type Refusal struct {
	Reason string
	Count  uint64
}

// Fragmentation is how much more the process has in RAM than its objects take; 0
// where that is unknown.
func (m Memory) Fragmentation() float64 {
	if m.Heap == 0 {
		return 0
	}
	return float64(m.Resident) / float64(m.Heap)
}

// Process is what the process is doing: its goroutines, and the time that it has
// had on processors, where that is known.
type Process struct {
	Goroutines   int
	Known        bool
	System, User time.Duration
}

// Loops is the time that the threads of the event loops have had, if there are
// any: what else the process does is done beside them.
type Loops struct {
	Count        int
	Known        bool
	System, User time.Duration
}

// Keyspace is what is tracked.
type Keyspace struct {
	Prefixes int
	// Changes is how often something changed that can be read of a prefix, be it
	// an ID or a number; one call may make several.
	Changes uint64
	// Hits and Misses are how often a read found the prefix that it asked for, and
	// how often not.
	Hits, Misses uint64
	Leases       uint64 // that are open
	// Expired is how many leases have ended by time since the process began.
	Expired uint64
	Cursors int // that are shared
}

// Loading is how much has been read of what was kept, in bytes.
type Loading struct {
	GoesOn      bool
	Began       time.Time
	Read, Total int64
}

// Caching is what clients are told of when it changes.
type Caching struct {
	Keys     int // that clients keep replies about
	Items    int // those clients, summed over the keys
	Prefixes int // that clients listen for
}

// ErrorReplies is how many error replies there were.
func (f *Figures) ErrorReplies() (n uint64) {
	for _, e := range f.Errors {
		n += e.Count
	}
	return n
}

// Uptime is for how long the server has been there.
func (s Server) Uptime() time.Duration { return time.Since(s.Started) }

// Error is how often an error was replied.
type Error struct {
	Code  string // the first word
	Count uint64
}
