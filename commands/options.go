package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The arguments and options that commands of several groups share. An option is
// read by what its Arg says; the methods here give it its meaning.

var (
	argPrefix = &engine.Arg{Name: "prefix", Type: engine.Key, Read: checkPrefix}
	argKey    = &engine.Arg{Name: "key", Type: engine.Key}
	argKeys   = &engine.Arg{Name: "key", Type: engine.Key, Multiple: true}
	argCursor = &engine.Arg{Name: "cursor", Type: engine.Integer, Read: parseCursor}

	optCount = &engine.Arg{Name: "n", Type: engine.Integer, Token: "COUNT", Optional: true, Read: parseCount}
	optRange = &engine.Arg{Name: "range", Type: engine.Block, Token: "RANGE", Optional: true, Args: []*engine.Arg{
		{Name: "min", Type: engine.Integer, Read: parseLimit}, {Name: "max", Type: engine.Integer, Read: parseLimit}}}
	optForm = &engine.Arg{Name: "form", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
		engine.Token("KEYS"), engine.Token("RUNS")}}
	optLease   = &engine.Arg{Name: "ms", Type: engine.Integer, Token: "LEASE", Optional: true, Read: parseTTL}
	optOnClose = engine.Flag("ONCLOSE")
	optMatch   = &engine.Arg{Name: "pattern", Type: engine.Pattern, Token: "MATCH", Optional: true}

	// Redis's scans let these come several times.
	optScanMatch = &engine.Arg{Name: "pattern", Type: engine.Pattern, Token: "MATCH", Optional: true, Repeats: true}
	optScanCount = &engine.Arg{Name: "n", Type: engine.Integer, Token: "COUNT", Optional: true, Repeats: true, Read: parseScanCount}
)

// defaultPage is how much is listed without a COUNT.
const defaultPage = 100

// count is the COUNT that was given, capped, or else otherwise.
func (c *session) count(otherwise int) int {
	if !c.Options.Has(optCount) {
		return otherwise
	}
	return int(min(c.Options.Number(optCount), uint64(c.config.MaxCount)))
}

// rangeOrAll is the RANGE that was given, or else that of all IDs. The tracker
// clips it to its bound.
func (c *session) rangeOrAll() tracker.Range {
	if !c.Options.Has(optRange) {
		return tracker.Everything
	}
	min, max := c.Options.Pair(optRange)
	return tracker.Range{Min: min, Max: max}
}

// boundedRange is the RANGE that was given, or else the whole of t, which must
// be bounded.
func (c *session) boundedRange(t tracker.Reader) (tracker.Range, error) {
	if c.Options.Has(optRange) {
		return t.Clip(c.rangeOrAll()), nil
	}
	return t.Bounded()
}

// leases tells whether a lease is asked for.
func (c *session) leases() bool {
	return c.Options.Any() && (c.Options.Has(optLease) || c.Options.Has(optOnClose))
}

// leaseTerms are those of the LEASE that was given; ok is false without one.
func (c *session) leaseTerms() (o tracker.LeaseTerms, ok bool, err error) {
	o.OnClose = c.Options.Has(optOnClose)
	if !c.Options.Has(optLease) {
		if o.OnClose {
			err = engine.SyntaxErrorAt([]byte(optOnClose.Token))
		}
		return o, false, err
	}
	o.TTL = time.Duration(c.Options.Number(optLease)) * time.Millisecond
	o.Client, o.Name = c.ID, c.Profile().Name
	return o, true, nil
}

// form is how IDs are written in a reply.
type form uint8

const (
	asIDs form = iota
	asKeys
	asRuns
	asMembers // as strings, which set commands have
)

// form is the one that was asked for.
func (c *session) form() form {
	switch c.Options.Chose(optForm) {
	case "KEYS":
		return asKeys
	case "RUNS":
		return asRuns
	}
	return asIDs
}

// pattern is the MATCH that was given with match, or else one that everything
// matches.
func (c *session) pattern(match *engine.Arg) string {
	if !c.Options.Has(match) {
		return "*"
	}
	return view(c.Options.Word(match))
}

// scanCount is the COUNT of one of Redis's scans, capped; 10 without.
func (c *session) scanCount() int {
	if !c.Options.Has(optScanCount) {
		return 10
	}
	return int(min(c.Options.Number(optScanCount), uint64(c.config.MaxCount)))
}

// parseScanCount reads a positive number, with Redis's errors.
func parseScanCount(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err == nil && n < 1 {
		return 0, engine.ErrSyntax
	}
	return uint64(n), err
}

// parseIDs reads all of args before any is acted upon. The IDs are valid until
// the connection's next command.
func (c *session) parseIDs(args [][]byte) ([]uint64, error) {
	ids := c.ids[:0]
	for _, a := range args {
		id, err := parseID(a)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	c.keepIDs(ids)
	return ids, nil
}
