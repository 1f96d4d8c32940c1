package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// A mask: IDs that exist under the prefix behind EXCEPT, and those that do not under
// the one behind ONLY, are passed over. Whoever has both options in his Args asks for
// the mask of the command at hand.
var (
	optExcept = &engine.Arg{Name: "prefix", Type: engine.Key, Token: "EXCEPT", Optional: true, Read: checkPrefix}
	optOnly   = &engine.Arg{Name: "prefix", Type: engine.Key, Token: "ONLY", Optional: true, Read: checkPrefix}
)

// mask is the one that was given, of no prefix without. A walk under it ends when the
// client has gone.
func (c *session) mask() (m tracker.Mask, err error) {
	if !c.Options.Any() { // mostly
		return m, nil
	}
	except, only := c.Options.Word(optExcept), c.Options.Word(optOnly)
	if except == nil && only == nil {
		return m, nil
	}
	if m, err = c.caller.Mask(view(except), view(only)); err != nil {
		return m, err
	}
	return m.For(c), nil
}
