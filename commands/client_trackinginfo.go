package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLIENT TRACKINGINFO
var clientTrackingInfoSpec = &engine.Spec{
	Name: "CLIENT|TRACKINGINFO", Arity: 2, Flags: []string{"loading"},
	Group: groupConnection, Summary: "Tells what CLIENT TRACKING and CLIENT CACHING have said.",
	Complexity: "O(n) for n prefixes", Since: "0.1.0", Reply: "map of flags, redirect, prefixes",
	Run: run(clientTrackingInfo),
}

func clientTrackingInfo(c *session, _ [][]byte) error {
	t := c.Tracking()
	flags := []string{"on"}
	switch t.Mode {
	case engine.TrackNothing:
		flags = []string{"off"}
	case engine.TrackBroadcast:
		flags = append(flags, "bcast")
	case engine.TrackOptIn:
		if flags = append(flags, "optin"); c.Marked() {
			flags = append(flags, "caching-yes")
		}
	case engine.TrackOptOut:
		if flags = append(flags, "optout"); c.Marked() {
			flags = append(flags, "caching-no")
		}
	}
	if t.NoLoop {
		flags = append(flags, "noloop")
	}
	c.Map(3)
	c.BulkString("flags")
	c.Set(len(flags))
	for _, flag := range flags {
		c.BulkString(flag)
	}
	c.BulkString("redirect")
	c.Int(redirection(t))
	c.BulkString("prefixes")
	c.Array(len(t.Prefixes))
	for _, prefix := range t.Prefixes {
		c.BulkString(prefix)
	}
	return nil
}
