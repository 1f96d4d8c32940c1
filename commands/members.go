package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The set commands see a prefix as a set of its IDs. A member is an ID or a key
// of that prefix; replies have IDs.

var (
	argMember  = Arg{Name: "member", Type: ArgString}
	argMembers = Arg{Name: "member", Type: ArgString, Multiple: true}
)

// parseMember reads an ID, or a key of t, which need not be in the registry.
func parseMember(t *tracker.Tracker, b []byte) (uint64, error) {
	if id, ok := parseUint(b, tracker.MaxID); ok {
		return id, nil
	}
	if id, ok := t.ParseKey(view(b)); ok {
		return id, nil
	}
	return 0, errNotAMember
}

// parseMembers reads all of args before any is acted upon. The IDs are valid
// until the connection's next command.
func (x *Commands) parseMembers(c *resp.Conn, prefix string, args [][]byte) ([]uint64, error) {
	s := sessionOf(c)
	t := x.tracker(c, prefix)
	ids := s.ids[:0]
	for _, a := range args {
		id, ok := parseUint(a, tracker.MaxID)
		if !ok {
			var err error
			if t == nil { // its keys are those that the prefix would have
				if t, err = tracker.New(prefix, x.registry.Defaults()); err != nil {
					return nil, err
				}
			}
			if id, err = parseMember(t, a); err != nil {
				return nil, err
			}
		}
		ids = append(ids, id)
	}
	s.keepIDs(ids)
	return ids, nil
}

// replyMember writes an ID as set commands do, as a string.
func replyMember(c *resp.Conn, id uint64) {
	s := sessionOf(c)
	s.key = strconv.AppendUint(s.key[:0], id, 10)
	c.Bulk(s.key)
}

// replyMembers writes the elements of an array or set that has been begun.
func replyMembers(c *resp.Conn, ids []uint64) {
	lines := newIDLines(sessionOf(c), nil, asMembers)
	for _, id := range ids {
		lines.write(c, id)
	}
}
