package commands

import (
	"math"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The set commands see a prefix as a set of its IDs. A member is an ID or a key
// of that prefix; replies have IDs.

var (
	argMember  = &engine.Arg{Name: "member", Type: engine.String}
	argMembers = &engine.Arg{Name: "member", Type: engine.String, Multiple: true}
	argDraws   = &engine.Arg{Name: "count", Type: engine.Integer, Optional: true}
)

// parseMembers reads all of args before any is acted upon. The IDs are valid
// until the connection's next command.
func (c *session) parseMembers(p tracker.Handle, args [][]byte) ([]uint64, error) {
	ids := c.ids[:0]
	var t tracker.Reader
	for _, a := range args {
		id, ok := parseUint(a, tracker.MaxID)
		if !ok { // a key: one that the prefix has, or would have
			if t == nil {
				var err error
				if t, err = p.AsMade(); err != nil {
					return nil, err
				}
			}
			if id, ok = t.ParseKey(view(a)); !ok {
				return nil, errNotAMember
			}
		}
		ids = append(ids, id)
	}
	c.keepIDs(ids)
	return ids, nil
}

// replyMembers writes the elements of an array or set that has been begun.
func (c *session) replyMembers(ids []uint64) {
	c.collected.have(8 * cap(ids))
	lines := idLines{session: c, form: asMembers}
	for _, id := range ids {
		lines.write(id)
	}
}

// members answers SINTER, SUNION and SDIFF.
func (c *session) members(op tracker.Operation, keys [][]byte) error {
	k, err := c.combine(op, keys)
	if err != nil {
		return err
	}
	all, err := k.Snapshot(c.runs)
	if err != nil {
		return err
	}
	c.replySnapshot(all)
	return nil
}

// replySnapshot writes a set of IDs, unless nobody wants to know any more.
func (c *session) replySnapshot(all *tracker.Snapshot) {
	defer func() { c.keepRuns(all.Close()) }()
	c.Set(int(all.Len()))
	lines := idLines{session: c, form: asMembers}
	n := 0
	for r := range all.Runs() {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if n++; n%goneEvery == 0 && c.Gone() {
				return
			}
			lines.write(id)
		}
	}
}

// storeMembers answers SINTERSTORE, SUNIONSTORE and SDIFFSTORE.
func (c *session) storeMembers(op tracker.Operation, keys [][]byte) error {
	k, err := c.combine(op, keys[1:])
	if err != nil {
		return err
	}
	n, ok, err := c.store(keys[0], k)
	if err == nil && ok {
		c.Int(int64(n))
	}
	return err
}

// fewDraws is how many IDs can be drawn without holding up other clients, if they
// lie well.
const fewDraws = 100

// replyDraw writes the one ID that was drawn, or null.
func (c *session) replyDraw(ids []uint64) {
	if len(ids) == 0 {
		c.Null()
	} else {
		c.replyDigits(ids[0])
	}
}

// draws is how many IDs to draw, 1 without a count; a negative number asks for
// as many, with repetition. Both are capped at the largest COUNT.
func (c *session) draws(args [][]byte) (int, error) {
	switch {
	case len(args) == 0:
		return 1, nil
	case len(args) > 1:
		return 0, engine.ErrSyntax
	}
	n, err := parseIntWithin(args[0], -math.MaxInt64, math.MaxInt64)
	limit := int64(c.config.MaxCount)
	return int(min(max(n, -limit), limit)), err
}
