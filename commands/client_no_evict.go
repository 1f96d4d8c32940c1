package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLIENT NO-EVICT ON|OFF
var clientNoEvictSpec = &engine.Spec{
	Name: "CLIENT|NO-EVICT", Arity: 3, Flags: []string{"admin", "loading"},
	Group: groupConnection, Summary: "Asks that the connection is never evicted, as none is.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK", Args: []*engine.Arg{argOnOff}, Run: run(clientNoEvict),
	AsRedis: true,
}

// No connection is evicted here, so this holds whatever is asked for; CLIENT LIST
// shows what was.
func clientNoEvict(c *session, _ [][]byte) error {
	c.Describe(func(p *engine.Profile) { p.NoEvict = c.on() })
	c.OK()
	return nil
}
