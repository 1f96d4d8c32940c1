package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.INFO prefix
var ptInfoSpec = &engine.Spec{
	Name: "PT.INFO", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Returns a tracker's settings and numbers.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix},
	Reply:      "map of fields",
	Run:        onPrefix(ptInfo),
}

func ptInfo(c *session, p tracker.Handle, _ [][]byte) error {
	if !p.There() {
		return tracker.ErrNoPrefix
	}
	t := p.Read()
	config, stats := t.Config(), t.Stats()
	number := func(name string, n uint64) {
		c.BulkString(name)
		c.Int(int64(n))
	}
	c.Map(17)
	c.BulkString("prefix")
	c.BulkString(t.Prefix())
	c.BulkString("max_id")
	if config.MaxID == 0 {
		c.Null()
	} else {
		c.Int(int64(config.MaxID))
	}
	number("width", uint64(config.Width))
	c.BulkString("tag")
	c.BulkString(config.Tag)
	number("count", stats.Count)
	number("capacity", stats.Capacity)
	number("memory_bytes", stats.Memory)
	number("created_at", uint64(t.Created().Unix()))
	number("claims", stats.Claims)
	number("takes", stats.Takes)
	number("conflicts", stats.Conflicts)
	number("out_of_range", stats.OutOfRange)
	number("leased", stats.Leased)
	number("leases", stats.Leases)
	number("leases_expired", stats.Expired)
	number("sample_fallbacks", stats.Fallbacks)
	c.BulkString("deleter")
	if t.Deleting() {
		c.BulkString("held")
	} else {
		c.BulkString("free")
	}
	return nil
}
