package commands

import "github.com/prefixtracker/prefixtracker/resp"

// RESET
var resetSpec = &Spec{
	Name: "RESET", Arity: 1, Flags: []string{"fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Makes the connection as new: RESP2, no name, nothing queued, no MONITOR, not authenticated.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "RESET",
	Run:        (*Commands).reset,
	Immediate:  true,
}

func (x *Commands) reset(c *resp.Conn, _ [][]byte) error {
	s := sessionOf(c)
	s.multi, s.skip = nil, 0
	c.LetGo()
	c.Mute(false)
	x.monitors.remove(c)
	x.stopTracking(c, s)
	c.DropPushed() // from here on, all the client gets are replies
	c.Describe(func(p *resp.Profile) {
		*p = resp.Profile{LibName: p.LibName, LibVer: p.LibVer, Queued: -1}
	})
	c.SetProtocol(2)
	c.Deauthenticate()
	c.SimpleString("RESET")
	return nil
}
