package commands

import "github.com/prefixtracker/prefixtracker/engine"

var (
	optNoSave = &engine.Arg{Name: "nosave", Type: engine.PureToken, Token: "NOSAVE", Optional: true, Repeats: true}
	optNow    = &engine.Arg{Name: "now", Type: engine.PureToken, Token: "NOW", Optional: true, Repeats: true}
	optForce  = &engine.Arg{Name: "force", Type: engine.PureToken, Token: "FORCE", Optional: true, Repeats: true}
	optAbort  = &engine.Arg{Name: "abort", Type: engine.PureToken, Token: "ABORT", Optional: true, Repeats: true}
)

// SHUTDOWN [NOSAVE] [NOW] [FORCE] [ABORT]
var shutdownSpec = &engine.Spec{
	Name: "SHUTDOWN", Arity: -1, Flags: []string{"admin", "no_multi"},
	Group:      groupServer,
	Summary:    "Stops the server: every connection gets the replies to what it has sent. There is nothing to save, so SAVE is refused. Who may: see --enable-protected-commands.",
	Complexity: "O(n) for n connections",
	Since:      "0.1.0",
	Args:       []*engine.Arg{optNoSave, optNow, optForce, optAbort},
	AsRedis:    true, BadOption: errShutdownOption,
	Reply: "none: the connection closes",
	Run:   run(shutdown),
}

func shutdown(c *session, args [][]byte) error {
	if !c.has(c.config.Protected) {
		return errShutdownProtected
	}
	if c.Options.Has(optAbort) {
		if len(args) > 1 {
			return engine.ErrSyntax
		}
		return errNoShutdown
	}
	if c.config.Shutdown == nil {
		return errNoShutdownHere
	}
	c.CloseAfterReply()
	c.config.Shutdown()
	return nil
}

// errShutdownOption says of SAVE why not.
func errShutdownOption(word []byte) error {
	if engine.Is(word, "SAVE") {
		return errNothingToSave
	}
	return engine.ErrSyntax
}
