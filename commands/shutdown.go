package commands

import "github.com/prefixtracker/prefixtracker/resp"

// SHUTDOWN [NOSAVE] [NOW] [FORCE] [ABORT]
var shutdownSpec = &Spec{
	Name: "SHUTDOWN", Arity: -1, Flags: []string{"admin", "no_multi"},
	Group:      groupServer,
	Summary:    "Stops the server: every connection gets the replies to what it has sent. There is nothing to save, so SAVE is refused.",
	Complexity: "O(n) for n connections",
	Since:      "0.1.0",
	Args: []Arg{
		{Name: "nosave", Type: ArgPureToken, Token: "NOSAVE", Optional: true},
		{Name: "now", Type: ArgPureToken, Token: "NOW", Optional: true},
		{Name: "force", Type: ArgPureToken, Token: "FORCE", Optional: true},
		{Name: "abort", Type: ArgPureToken, Token: "ABORT", Optional: true}},
	Reply: "none: the connection closes",
	Run:   (*Commands).shutdown,
}

func (x *Commands) shutdown(c *resp.Conn, args [][]byte) error {
	for _, a := range args {
		switch {
		case is(a, "NOSAVE"), is(a, "NOW"), is(a, "FORCE"):
		case is(a, "ABORT") && len(args) == 1:
			return errNoShutdown
		case is(a, "SAVE"):
			return errNothingToSave
		default:
			return errSyntax
		}
	}
	if x.options.Shutdown == nil {
		return errNoShutdownHere
	}
	c.CloseAfterReply()
	x.options.Shutdown()
	return nil
}
