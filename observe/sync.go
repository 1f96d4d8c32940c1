package observe

import "time"

// Sync is how trackers and the store beside them are made to agree.
type Sync struct {
	Store   string    // where the store is, without its password; "" for none
	Waiting string    // why clients are to wait for a sync, "" if they are not
	Jobs    []SyncJob // the last ones, the newest first, numbered from 1
	Follow  Follow
}

// Begun is how many jobs there have been.
func (s *Sync) Begun() uint64 {
	if len(s.Jobs) == 0 {
		return 0
	}
	return s.Jobs[0].ID
}

// Running is how many are under way.
func (s *Sync) Running() (n int) {
	for i := range s.Jobs {
		if s.Jobs[i].State == "running" {
			n++
		}
	}
	return n
}

// SyncJob is one load, verify or repair of a prefix, as far as it has come.
type SyncJob struct {
	ID     uint64
	Prefix string
	Store  string // without its password
	Mode   string // load, verify or repair
	DryRun bool
	State  string // running, done, stopped or failed
	Phase  string // what it is at, for people
	Began  time.Time
	Ended  time.Time // zero while it runs

	Size       uint64 // keys of the store, of all prefixes
	Visited    uint64 // keys that were gone through, of all prefixes, about
	Scanned    uint64 // keys that begin with the prefix, each time that one was found
	Found      uint64 // different IDs among them
	Unparsable uint64 // keys among them that are no key of the prefix
	OutOfRange uint64 // IDs among them beyond the bound of the prefix
	Added      uint64 // IDs that were new to the tracker
	Stale      uint64 // IDs that the tracker has and the store has not
	Missing    uint64 // IDs that the store has and the tracker has not
	Changing   uint64 // IDs that looked wrong once, and right at another look
	Repaired   uint64 // of Stale and Missing
	Left       uint64 // of these, what a repair did not settle

	Unknown string // what of the store was out of reach, "" for nothing
	Error   string // why it failed

	// A few examples of each.
	UnparsableKeys, StaleKeys, MissingKeys []string
}

// Follow is how trackers follow what happens in the store.
type Follow struct {
	On         bool
	Primaries  int // servers that have keys
	Connected  int // those of them that are heard
	Events     uint64
	Applied    uint64        // IDs that were changed for them
	Ignored    uint64        // events of keys that are no IDs
	Dropped    uint64        // events that were lost here: each time a repair follows
	Gaps       uint64        // times in which events may have been lost
	Lag        time.Duration // that an answer takes behind all that was told before
	Deferred   uint64        // IDs in flight that are looked at when they no longer are
	Doubtful   uint64        // IDs of which the store is asked whether they have gone
	CatchingUp bool          // a repair after a gap is under way
	LastGap    string
}
