package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLIENT NO-TOUCH ON|OFF
var clientNoTouchSpec = &engine.Spec{
	Name: "CLIENT|NO-TOUCH", Arity: 3, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Asks that no access is recorded, as none is.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK", Args: []*engine.Arg{argOnOff}, Run: run(clientNoTouch),
	AsRedis: true,
}

// No access is recorded here, so this holds whatever is asked for; CLIENT LIST
// shows what was.
func clientNoTouch(c *session, _ [][]byte) error {
	c.Describe(func(p *engine.Profile) { p.NoTouch = c.on() })
	c.OK()
	return nil
}
