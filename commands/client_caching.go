package commands

import "github.com/prefixtracker/prefixtracker/engine"

var argYesNo = &engine.Arg{Name: "mode", Type: engine.OneOf, Args: []*engine.Arg{engine.Token("YES"), engine.Token("NO")}}

// CLIENT CACHING YES|NO
var clientCachingSpec = &engine.Spec{
	Name: "CLIENT|CACHING", Arity: 3, Flags: []string{"loading"},
	Group: groupConnection, Summary: "Announces that the reply to the next command, or those of the next transaction, will be kept (YES, in mode OPTIN) or not (NO, in mode OPTOUT).",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args:    []*engine.Arg{argYesNo},
	Before:  canAnnounce,
	Run:     run(clientCaching),
	AsRedis: true,
}

// canAnnounce comes before the word that CLIENT CACHING has, as in Redis.
func canAnnounce(s *engine.Session, _ [][]byte) (answered bool, err error) {
	if s.Tracking().Mode == engine.TrackNothing {
		return false, errCachingNotTracking
	}
	return false, nil
}

func clientCaching(c *session, _ [][]byte) error {
	mode := c.Tracking().Mode
	switch yes := c.Options.Chose(argYesNo) == "YES"; {
	case yes && mode != engine.TrackOptIn:
		return errCachingYes
	case !yes && mode != engine.TrackOptOut:
		return errCachingNo
	case !c.Announce():
		return errCachingProtocol
	}
	c.OK()
	return nil
}
