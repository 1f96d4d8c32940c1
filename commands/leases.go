package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Leases: what is handed out with LEASE is in flight until its token confirms it or gives it
// back.

var (
	optLease = &engine.Arg{Name: "ms", Type: engine.Integer, Token: "LEASE", Optional: true, Read: parseTTL}
	argMS    = &engine.Arg{Name: "ms", Type: engine.Integer, Read: parseTTL}
	argSome  = &engine.Arg{Name: "id", Type: engine.Integer, Multiple: true, Optional: true}
)

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

// replyLease writes a token, null for none, and the IDs that were handed out with it.
func (c *session) replyLease(t tracker.Reader, token string, runs []tracker.Run) {
	c.Array(2)
	if token == "" {
		c.Null()
	} else {
		c.BulkString(token)
	}
	c.replyIDs(t, runs, c.form())
	c.keepRuns(runs)
}

// settle answers PT.CONFIRM and PT.RELEASE.
func (c *session) settle(args [][]byte, settle func(token string, ids []uint64) (uint64, error)) error {
	var ids []uint64
	if len(args) > 1 {
		var err error
		if ids, err = c.parseIDs(args[1:]); err != nil {
			return err
		}
	}
	if c.caller.LongSettle(view(args[0]), len(ids)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	n, err := settle(view(args[0]), ids)
	if err != nil {
		return err
	}
	c.Int(int64(n))
	return nil
}
