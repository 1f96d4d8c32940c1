package commands

import (
	"slices"
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The generic key commands: trackers are the keys, named by their prefixes.

// typeName is the TYPE of a tracker.
const typeName = "prefix-tracker"

var (
	argKey  = Arg{Name: "key", Type: ArgKey}
	argKeys = Arg{Name: "key", Type: ArgKey, Multiple: true}
)

// DBSIZE
var dbSizeSpec = &Spec{
	Name: "DBSIZE", Arity: 1, Flags: []string{"readonly", "fast"},
	Group: groupKeyspace, Summary: "Counts the trackers.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number", Run: (*Commands).dbSize,
}

func (x *Commands) dbSize(c *resp.Conn, _ [][]byte) error {
	c.Int(int64(x.registry.Len()))
	return nil
}

// TYPE key
var typeSpec = &Spec{
	Name: "TYPE", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupKeyspace, Summary: "Tells the type of a key: prefix-tracker, or none.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name", Args: []Arg{argKey}, Run: (*Commands).typeOf,
}

func (x *Commands) typeOf(c *resp.Conn, args [][]byte) error {
	if x.registry.Get(view(args[0])) == nil {
		c.SimpleString("none")
	} else {
		c.SimpleString(typeName)
	}
	return nil
}

// EXISTS key [key …]
var keyExistsSpec = &Spec{
	Name: "EXISTS", Arity: -2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Counts the keys that are trackers.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number", Args: []Arg{argKeys}, Run: (*Commands).keyExists,
}

func (x *Commands) keyExists(c *resp.Conn, args [][]byte) error {
	var n int64
	for _, a := range args {
		if x.registry.Get(view(a)) != nil {
			n++
		}
	}
	c.Int(n)
	return nil
}

// DEL key [key …]
var delSpec = &Spec{
	Name: "DEL", Arity: -2, Flags: []string{"write"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Removes trackers with all their IDs.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number removed", Args: []Arg{argKeys}, Run: (*Commands).del,
}

// UNLINK key [key …]
var unlinkSpec = &Spec{
	Name: "UNLINK", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Removes trackers with all their IDs.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number removed", Args: []Arg{argKeys}, Run: (*Commands).del,
}

func (x *Commands) del(c *resp.Conn, args [][]byte) error {
	var n int64
	for _, a := range args {
		if x.registry.Remove(view(a)) != nil {
			n++
		}
	}
	c.Int(n)
	return nil
}

// TTL key · PTTL key
var (
	ttlSpec = &Spec{
		Name: "TTL", Arity: 2, Flags: []string{"readonly", "fast"},
		FirstKey: 1, LastKey: 1, Step: 1,
		Group: groupKeyspace, Summary: "Tells that a tracker does not expire.",
		Complexity: "O(1)", Since: "0.1.0", Reply: "-1, or -2 for no key", Args: []Arg{argKey}, Run: (*Commands).ttl,
	}
	pttlSpec = &Spec{
		Name: "PTTL", Arity: 2, Flags: []string{"readonly", "fast"},
		FirstKey: 1, LastKey: 1, Step: 1,
		Group: groupKeyspace, Summary: "Tells that a tracker does not expire.",
		Complexity: "O(1)", Since: "0.1.0", Reply: "-1, or -2 for no key", Args: []Arg{argKey}, Run: (*Commands).ttl,
	}
)

func (x *Commands) ttl(c *resp.Conn, args [][]byte) error {
	if x.registry.Get(view(args[0])) == nil {
		c.Int(-2)
	} else {
		c.Int(-1)
	}
	return nil
}

// KEYS pattern
var keysSpec = &Spec{
	Name: "KEYS", Arity: 2, Flags: []string{"readonly"},
	Long:  true,
	Group: groupKeyspace, Summary: "Lists the trackers whose prefixes match.",
	Complexity: "O(n log n) for n trackers", Since: "0.1.0", Reply: "array of prefixes",
	Args: []Arg{{Name: "pattern", Type: ArgPattern}}, Run: (*Commands).keys,
}

func (x *Commands) keys(c *resp.Conn, args [][]byte) error {
	x.replyPrefixes(c, view(args[0]))
	return nil
}

// replyPrefixes writes the prefixes that match, sorted.
func (x *Commands) replyPrefixes(c *resp.Conn, pattern string) {
	prefixes := slices.DeleteFunc(x.registry.Prefixes(), func(p string) bool { return !glob(pattern, p) })
	c.Array(len(prefixes))
	for i, p := range prefixes {
		if i%goneEvery == 0 && c.Gone() {
			return
		}
		c.BulkString(p)
	}
}

// SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]
var keyScanSpec = &Spec{
	Name: "SCAN", Arity: -2, Flags: []string{"readonly"},
	Group: groupKeyspace, Summary: "Returns one page of the trackers, and the cursor of the next.",
	Complexity: "O(n) for n buckets of the page", Since: "0.1.0", Reply: "array of the next cursor (0: the end) and an array of prefixes",
	Args: []Arg{{Name: "cursor", Type: ArgInteger},
		{Name: "pattern", Type: ArgPattern, Token: "MATCH", Optional: true},
		{Name: "n", Type: ArgInteger, Token: "COUNT", Optional: true},
		{Name: "type", Type: ArgString, Token: "TYPE", Optional: true}},
	Run: (*Commands).keyScan,
}

func (x *Commands) keyScan(c *resp.Conn, args [][]byte) error {
	cursor, ok := parseUint(args[0], maxInt64)
	if !ok {
		return tracker.ErrInvalidCursor
	}
	o, err := x.parseScanOptions(args[1:], true)
	if err != nil {
		return err
	}
	if (asKeys.long(o.count, tracker.MaxPrefixLen) || o.laborious(tracker.MaxPrefixLen)) && c.LeaveLoop() {
		return errLater
	}
	page, next := x.registry.Scan(cursor, o.count)
	page = slices.DeleteFunc(page, func(t *tracker.Tracker) bool { return !o.typed || !glob(o.pattern, t.Prefix()) })
	c.Array(2)
	c.BulkString(strconv.FormatUint(next, 10))
	c.Array(len(page))
	for _, t := range page {
		c.BulkString(t.Prefix())
	}
	return nil
}

// scanOptions are those of Redis's scans.
type scanOptions struct {
	pattern string
	count   int
	typed   bool // TYPE wants trackers, or nothing
}

// laborious tells whether to match a page of names of so many bytes is long
// work.
func (o *scanOptions) laborious(length int) bool {
	return o.count > longMatching/(length*max(len(o.pattern), 1))
}

// longMatching is how many comparisons of bytes take about a millisecond.
const longMatching = 1 << 20

// longPattern tells whether patterns are so long that to match the names of
// commands or settings with them is long work.
func longPattern(patterns [][]byte) bool {
	n := 0
	for _, p := range patterns {
		n += len(p)
	}
	return n > longMatching/1024
}

// parseScanOptions reads [MATCH pattern] [COUNT n], and where there are types
// [TYPE type].
func (x *Commands) parseScanOptions(args [][]byte, types bool) (scanOptions, error) {
	o := scanOptions{pattern: "*", count: 10, typed: true}
	for ; len(args) > 0; args = args[2:] {
		if len(args) == 1 {
			return o, errSyntax
		}
		switch {
		case is(args[0], "MATCH"):
			o.pattern = view(args[1])
		case is(args[0], "COUNT"):
			n, err := parseCount(args[1], x.options.MaxCount)
			switch {
			case err == errNotInteger:
				return o, err
			case err != nil || n == 0: // Redis has the same text for both
				return o, errSyntax
			}
			o.count = n
		case is(args[0], "TYPE") && types:
			o.typed = is(args[1], "PREFIX-TRACKER")
		default:
			return o, errSyntax
		}
	}
	return o, nil
}

// FLUSHDB [ASYNC|SYNC] · FLUSHALL [ASYNC|SYNC]
var (
	flushDBSpec  = flushSpec("FLUSHDB")
	flushAllSpec = flushSpec("FLUSHALL")
)

func flushSpec(name string) *Spec {
	return &Spec{
		Name: name, Arity: -1, Flags: []string{"write"},
		Long:  true,
		Group: groupKeyspace, Summary: "Removes all trackers.",
		Complexity: "O(n) for n trackers", Since: "0.1.0", Reply: "OK",
		Args: []Arg{{Name: "mode", Type: ArgOneOf, Optional: true, Args: []Arg{token("ASYNC"), token("SYNC")}}},
		Run:  (*Commands).flush,
	}
}

func (x *Commands) flush(c *resp.Conn, args [][]byte) error {
	if len(args) > 1 || len(args) == 1 && !is(args[0], "ASYNC") && !is(args[0], "SYNC") {
		return errSyntax
	}
	x.registry.Clear()
	x.caches.changedAll()
	c.OK()
	return nil
}

// MEMORY USAGE key [SAMPLES n]
var memorySpec = &Spec{
	Name: "MEMORY", Arity: -2,
	Group: groupServer, Summary: "Tells what memory is used for.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{memoryUsageSpec},
}

var memoryUsageSpec = &Spec{
	Name: "MEMORY|USAGE", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 2, LastKey: 2, Step: 1,
	Group: groupServer, Summary: "Returns the bytes that a tracker takes.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number, or null for no key",
	Args: []Arg{argKey, {Name: "n", Type: ArgInteger, Token: "SAMPLES", Optional: true}},
	Run:  (*Commands).memoryUsage,
}

func (x *Commands) memoryUsage(c *resp.Conn, args [][]byte) error {
	if len(args) != 1 {
		if len(args) != 3 || !is(args[1], "SAMPLES") {
			return errSyntax
		}
		if _, err := parseCount(args[2], maxSamples); err != nil {
			return err
		}
	}
	t := x.registry.Get(view(args[0]))
	if t == nil {
		c.Null()
	} else {
		c.Int(int64(t.Stats().Memory))
	}
	return nil
}

const maxSamples = 1<<31 - 1 // taken and not needed: the answer is exact
