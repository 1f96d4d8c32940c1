package commands

import "github.com/prefixtracker/prefixtracker/engine"

var (
	optOptIn  = &engine.Arg{Name: "optin", Type: engine.PureToken, Token: "OPTIN", Optional: true, Repeats: true}
	optNoLoop = &engine.Arg{Name: "noloop", Type: engine.PureToken, Token: "NOLOOP", Optional: true, Repeats: true}
)

// CLIENT TRACKING ON|OFF [OPTIN] [NOLOOP]
var clientTrackingSpec = &engine.Spec{
	Name: "CLIENT|TRACKING", Arity: -3,
	Long:  true,
	Group: groupConnection, Summary: "Lets the client keep replies: it is told when one that CLIENT CACHING announced no longer holds.",
	Complexity: "O(1); OFF O(n) for n prefixes kept", Since: "0.1.0", Reply: "OK",
	Args:    []*engine.Arg{argOnOff, optOptIn, optNoLoop},
	AsRedis: true, BadOption: errTrackingOption,
	Run: run(clientTracking),
}

func clientTracking(c *session, _ [][]byte) error {
	switch {
	case !c.on():
		c.Untrack()
	case !c.Options.Has(optOptIn):
		return errTrackingMode
	default:
		c.Track(c.Options.Has(optNoLoop))
	}
	c.OK()
	return nil
}

// errTrackingOption tells Redis's other modes from what is no word of Redis's.
func errTrackingOption(word []byte) error {
	for _, mode := range []string{"OPTOUT", "BCAST", "PREFIX", "REDIRECT"} {
		if engine.Is(word, mode) {
			return errTrackingMode
		}
	}
	return engine.ErrSyntax
}
