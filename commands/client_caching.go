package commands

import "github.com/prefixtracker/prefixtracker/engine"

var argYesNo = &engine.Arg{Name: "mode", Type: engine.OneOf, Args: []*engine.Arg{engine.Token("YES"), engine.Token("NO")}}

// CLIENT CACHING YES|NO
var clientCachingSpec = &engine.Spec{
	Name: "CLIENT|CACHING", Arity: 3,
	Group: groupConnection, Summary: "Announces that the reply to the next command, or those of the next transaction, will be kept.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args:    []*engine.Arg{argYesNo},
	Run:     run(clientCaching),
	AsRedis: true,
}

func clientCaching(c *session, _ [][]byte) error {
	switch {
	case !c.Profile().Tracking:
		return errCachingNotTracking
	case c.Options.Chose(argYesNo) == "NO":
		return errCachingNo
	case !c.Announce():
		return errCachingProtocol
	}
	c.OK()
	return nil
}
