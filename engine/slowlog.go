package engine

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// SlowLog keeps the latest commands that took its threshold or longer. Quick
// commands are timed in groups and are not in it. It is safe for concurrent use.
type SlowLog struct {
	threshold atomic.Int64 // nanoseconds; negative is off
	mu        sync.Mutex
	max       int
	lastID    int64
	entries   []*SlowEntry // the latest last
	bytes     int          // what the entries take
	most      int          // as much as that may be
}

// SlowEntry is one command in a SlowLog. It does not change.
type SlowEntry struct {
	ID         int64
	At         time.Time
	Took       time.Duration
	Words      []string // as many, and as much of them, as is kept
	Addr, Name string   // of the client
}

// Redis's defaults, and how much of a command it keeps.
const (
	DefaultSlow    = 10 * time.Millisecond
	DefaultSlowLen = 128
	slowWords      = 32
	slowWordLen    = 128
)

// MaxSlowLen and maxSlowBytes keep the slow log from being a way to fill the
// memory: the oldest entries give way.
const (
	MaxSlowLen   = 100_000
	maxSlowBytes = 8 << 20
	slowBytes    = 160 // an entry without its words
	slowWord     = 24  // a word without its bytes
)

// NewSlowLog returns an empty log with Redis's defaults.
func NewSlowLog() *SlowLog {
	l := &SlowLog{max: DefaultSlowLen, most: maxSlowBytes, lastID: -1}
	l.SetThreshold(DefaultSlow)
	return l
}

// Threshold returns how long a command takes that is noted; negative is off.
func (l *SlowLog) Threshold() time.Duration { return time.Duration(l.threshold.Load()) }

// SetThreshold changes the threshold.
func (l *SlowLog) SetThreshold(d time.Duration) { l.threshold.Store(int64(d)) }

// Length returns how many entries are kept.
func (l *SlowLog) Length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.max
}

// SetLength changes how many entries are kept: 0 to [MaxSlowLen].
func (l *SlowLog) SetLength(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.max = n
	l.trim()
	l.entries = slices.Clone(l.entries)
}

// Within bounds what the entries take, if that is less than 8 MiB.
func (l *SlowLog) Within(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = int(min(bytes, maxSlowBytes))
	l.trim()
}

// trim drops the oldest entries, those that are too many. l.mu is held.
func (l *SlowLog) trim() {
	for len(l.entries) > l.max || l.bytes > l.most {
		l.bytes -= l.entries[0].Bytes()
		l.entries[0] = nil // or it would stay in memory
		l.entries = l.entries[1:]
	}
}

// Bytes is what the entry takes.
func (e *SlowEntry) Bytes() int {
	n := slowBytes + len(e.Addr) + len(e.Name)
	for _, w := range e.Words {
		n += slowWord + len(w)
	}
	return n
}

// Len returns the number of entries.
func (l *SlowLog) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// Latest returns up to n entries, the latest first.
func (l *SlowLog) Latest(n int) []*SlowEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.latest(n)
}

// Reset forgets all entries.
func (l *SlowLog) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.bytes = nil, 0
}

// add notes a command that has just ended; words are as they may be shown.
func (l *SlowLog) add(words [][]byte, took time.Duration, addr, name string) {
	e := &SlowEntry{At: time.Now(), Took: took, Words: kept(words), Addr: addr, Name: name}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID++
	e.ID = l.lastID
	l.entries = append(l.entries, e)
	l.bytes += e.Bytes()
	l.trim()
}

// latest is Latest while l.mu is held.
func (l *SlowLog) latest(n int) []*SlowEntry {
	n = min(n, len(l.entries))
	found := make([]*SlowEntry, n)
	for i := range found {
		found[i] = l.entries[len(l.entries)-1-i]
	}
	return found
}

// kept copies the words of a command, as many as an entry keeps.
func kept(words [][]byte) []string {
	var list []string
	for i, w := range words {
		switch {
		case len(list) == slowWords-1 && len(words)-i > 1:
			return append(list, fmt.Sprintf("... (%d more arguments)", len(words)-i))
		case len(w) > slowWordLen:
			list = append(list, fmt.Sprintf("%s... (%d more bytes)", w[:slowWordLen], len(w)-slowWordLen))
		default:
			list = append(list, string(w))
		}
	}
	return list
}
