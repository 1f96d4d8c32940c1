package commands

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// SLOWLOG GET|LEN|RESET
var slowLogSpec = &Spec{
	Name: "SLOWLOG", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Shows the commands that took long.",
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{slowLogGetSpec, slowLogLenSpec, slowLogResetSpec},
}

var slowLogGetSpec = &Spec{
	Name: "SLOWLOG|GET", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Returns the latest entries: ID, Unix time, microseconds, arguments, client address, client name.",
	Long:       true,
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "array of entries",
	Args: []Arg{{Name: "count", Type: ArgInteger, Optional: true}},
	Run:  (*Commands).slowLogGet,
}

var slowLogLenSpec = &Spec{
	Name: "SLOWLOG|LEN", Arity: 2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Counts the entries.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number", Run: (*Commands).slowLogLen,
}

var slowLogResetSpec = &Spec{
	Name: "SLOWLOG|RESET", Arity: 2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Forgets all entries.",
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "OK", Run: (*Commands).slowLogReset,
}

// slowLog keeps the latest commands that took threshold or longer. Short
// commands are timed in groups (see meter) and are not in it.
type slowLog struct {
	threshold atomic.Int64 // nanoseconds; negative is off
	mu        sync.Mutex
	max       int
	lastID    int64
	entries   []*slowEntry // the latest last; a ring when there are max
	oldest    int          // where the ring begins
}

type slowEntry struct {
	id         int64
	at         time.Time
	took       time.Duration
	args       []string
	addr, name string
}

// Redis's defaults, and how much of a command it keeps.
const (
	defaultSlow    = 10 * time.Millisecond
	defaultSlowLen = 128
	slowArgs       = 32
	slowArgLen     = 128
)

func (l *slowLog) init() {
	l.threshold.Store(int64(defaultSlow))
	l.max = defaultSlowLen
	l.lastID = -1
}

func (l *slowLog) add(c *resp.Conn, spec *Spec, args [][]byte, took time.Duration) {
	e := &slowEntry{at: time.Now(), took: took, args: slowWords(spec, args), addr: c.RemoteAddr(), name: c.Profile().Name}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID++
	e.id = l.lastID
	switch {
	case len(l.entries) < l.max:
		l.entries = append(l.entries, e)
	case l.max > 0:
		l.entries[l.oldest] = e
		l.oldest = (l.oldest + 1) % l.max
	}
}

// latest returns up to n entries, the latest first. l.mu is held.
func (l *slowLog) latest(n int) []*slowEntry {
	n = min(n, len(l.entries))
	found := make([]*slowEntry, n)
	for i := range found {
		found[i] = l.entries[(l.oldest+len(l.entries)-1-i)%len(l.entries)]
	}
	return found
}

// slowWords copies the words of a command, as many as an entry keeps.
func slowWords(spec *Spec, args [][]byte) []string {
	var words []string
	for i, a := range args {
		switch {
		case len(words) == slowArgs-1 && len(args)-i > 1:
			return append(words, fmt.Sprintf("... (%d more arguments)", len(args)-i))
		case spec.secret(args, i):
			words = append(words, "(redacted)")
		case len(a) > slowArgLen:
			words = append(words, fmt.Sprintf("%s... (%d more bytes)", a[:slowArgLen], len(a)-slowArgLen))
		default:
			words = append(words, string(a))
		}
	}
	return words
}

func (l *slowLog) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.max
}

func (l *slowLog) setLength(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.max = n
	l.entries, l.oldest = l.latest(n), 0
	slices.Reverse(l.entries)
}

func (x *Commands) slowLogGet(c *resp.Conn, args [][]byte) error {
	n := int64(10)
	if len(args) > 1 {
		return errArity("SLOWLOG|GET")
	}
	if len(args) == 1 {
		var err error
		if n, err = parseInt(args[0]); err != nil || n < -1 {
			return errSlowLogCount
		}
	}
	if n < 0 {
		n = maxSlowLen
	}
	l := &x.slowlog
	l.mu.Lock()
	entries := l.latest(int(min(n, maxSlowLen)))
	l.mu.Unlock()
	c.Array(len(entries))
	for _, e := range entries {
		c.Array(6)
		c.Int(e.id)
		c.Int(e.at.Unix())
		c.Int(e.took.Microseconds())
		c.Array(len(e.args))
		for _, a := range e.args {
			c.BulkString(a)
		}
		c.BulkString(e.addr)
		c.BulkString(e.name)
	}
	return nil
}

func (x *Commands) slowLogLen(c *resp.Conn, _ [][]byte) error {
	x.slowlog.mu.Lock()
	n := len(x.slowlog.entries)
	x.slowlog.mu.Unlock()
	c.Int(int64(n))
	return nil
}

func (x *Commands) slowLogReset(c *resp.Conn, _ [][]byte) error {
	x.slowlog.mu.Lock()
	x.slowlog.entries, x.slowlog.oldest = nil, 0
	x.slowlog.mu.Unlock()
	c.OK()
	return nil
}
