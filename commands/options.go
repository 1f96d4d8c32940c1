package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// form is how IDs are written in a reply.
type form uint8

const (
	asIDs form = iota
	asKeys
	asRuns
	asMembers // as strings, which set commands have
)

// option is a set of keyword options.
type option uint16

const (
	optCount option = 1 << iota
	optRange
	optForm      // KEYS or RUNS
	optFilter    // SET or UNSET
	optAll       // ALL, with optFilter
	optPartition // PARTITION index total
	optIndex     // INDEX i
	optRandom    // RANDOM seed
	optTTL       // TTL ms
	optOnClose   // ONCLOSE
)

// options are the parsed keyword options of a command. given tells which were
// there.
type options struct {
	given        option
	count        int
	rng          tracker.Range
	form         form
	filter       tracker.Filter
	index, total uint64
	seed         uint64
	ttl          time.Duration
}

func (o *options) has(opt option) bool { return o.given&opt != 0 }

// parse reads args into o, which is empty, as keyword options in any order,
// each at most once and only those in allowed. limit caps COUNT.
func (o *options) parse(args [][]byte, allowed option, limit int) error {
	o.filter = tracker.Set
	for len(args) > 0 {
		word := args[0]
		var opt option
		values := 0
		switch {
		case is(word, "COUNT"):
			opt, values = optCount, 1
		case is(word, "RANGE"):
			opt, values = optRange, 2
		case is(word, "KEYS"), is(word, "RUNS"):
			opt = optForm
		case is(word, "SET"), is(word, "UNSET"):
			opt = optFilter
		case is(word, "ALL") && allowed&optAll != 0:
			opt = optFilter
		case is(word, "PARTITION"):
			opt, values = optPartition, 2
		case is(word, "INDEX"):
			opt, values = optIndex, 1
		case is(word, "RANDOM"):
			opt, values = optRandom, 1
		case is(word, "TTL"):
			opt, values = optTTL, 1
		case is(word, "ONCLOSE"):
			opt = optOnClose
		}
		if opt&allowed == 0 || len(args) <= values {
			return errSyntax
		}
		if o.given&opt != 0 {
			if opt == optForm && is(word, "KEYS") == (o.form == asRuns) {
				return errKeysWithRuns
			}
			return errSyntax
		}
		o.given |= opt
		if err := o.read(opt, word, args[1:], limit); err != nil {
			return err
		}
		args = args[1+values:]
	}
	return nil
}

func (o *options) read(opt option, word []byte, values [][]byte, limit int) (err error) {
	switch opt {
	case optCount:
		o.count, err = parseCount(values[0], limit)
	case optRange:
		o.rng, err = parseRange(values[0], values[1])
	case optForm:
		o.form = asKeys
		if is(word, "RUNS") {
			o.form = asRuns
		}
	case optFilter:
		switch {
		case is(word, "UNSET"):
			o.filter = tracker.Unset
		case is(word, "ALL"):
			o.filter = tracker.All
		}
	case optPartition:
		if o.total, err = parseTotal(values[1]); err == nil {
			o.index, err = parseIndex(values[0], o.total)
		}
	case optRandom:
		var ok bool
		if o.seed, ok = parseUint(values[0], maxInt64); !ok {
			return errNotInteger
		}
	case optTTL:
		o.ttl, err = parseTTL(values[0])
	case optIndex:
		n, ok := parseUint(values[0], maxInt64)
		if !ok {
			return errNotInteger
		}
		o.index = n
	}
	return err
}

func parseTotal(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.MaxPartitions)
	if !ok || n == 0 {
		return 0, tracker.ErrInvalidTotal
	}
	return n, nil
}

func parseIndex(b []byte, total uint64) (uint64, error) {
	n, ok := parseUint(b, maxInt64)
	if !ok {
		return 0, errNotInteger
	}
	if n >= total {
		return 0, tracker.ErrInvalidIndex
	}
	return n, nil
}

// rangeOrAll returns the RANGE that was given, or else that of all IDs. The
// tracker clips it to its bound.
func (o *options) rangeOrAll() tracker.Range {
	if o.has(optRange) {
		return o.rng
	}
	return tracker.Everything
}

// longWalk is the number of IDs whose words other clients may have to wait for.
const longWalk = 16 << 20

// walks tells whether going over the IDs of r is long work.
func walks(t *tracker.Tracker, r tracker.Range) bool {
	return min(r.Len(), t.Capacity()) > longWalk
}

// boundedRange returns the RANGE that was given, or else the whole of t, which
// must be bounded.
func (o *options) boundedRange(t *tracker.Tracker) (tracker.Range, error) {
	if o.has(optRange) {
		return t.Clip(o.rng), nil
	}
	return t.Bounded()
}
