package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.LEASES prefix [COUNT n]
var ptLeasesSpec = &engine.Spec{
	Name: "PT.LEASES", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupHandOut,
	Summary:    "Lists leases of a prefix, up to COUNT (100) of them, in no order.",
	Complexity: "O(n) for n leases listed",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optCount},
	Reply:      "array of maps: token, kind (claim or take), outstanding, ttl_ms, age_ms, client, name",
	Run:        onPrefix(ptLeases),
	Unwatched:  true,
}

// fewLeases is how many are listed quickly.
const fewLeases = 256

func ptLeases(c *session, p tracker.Handle, _ [][]byte) error {
	n := c.count(defaultPage)
	if n > fewLeases && c.LeaveLoop() {
		return engine.ErrLater
	}
	const bytes = 128 // of one of them
	if err := c.collected.start(bytes * min(n, int(p.Read().Stats().Leases))); err != nil {
		return err
	}
	leases := p.Read().Leases(nil, n)
	c.collected.have(bytes * cap(leases))
	c.Array(len(leases))
	for _, l := range leases {
		c.Map(7)
		c.BulkString("token")
		c.BulkString(l.Token)
		c.BulkString("kind")
		c.BulkString(l.Kind.String())
		for _, field := range []struct {
			name string
			n    uint64
		}{
			{"outstanding", l.Outstanding}, {"ttl_ms", uint64(l.TTL.Milliseconds())},
			{"age_ms", uint64(l.Age.Milliseconds())}, {"client", l.Client},
		} {
			c.BulkString(field.name)
			c.Int(int64(field.n))
		}
		c.BulkString("name")
		c.BulkString(l.Name)
	}
	return nil
}
