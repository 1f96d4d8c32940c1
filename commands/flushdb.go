package commands

import "github.com/prefixtracker/prefixtracker/engine"

// FLUSHDB [ASYNC|SYNC]
var flushDBSpec = &engine.Spec{
	Name: "FLUSHDB", Arity: -1, Flags: []string{"write"},
	Long:  true,
	Group: groupKeyspace, Categories: []string{"dangerous"}, Summary: "Removes all trackers.",
	Complexity: "O(n) for n trackers", Since: "0.1.0", Reply: "OK",
	Args: []*engine.Arg{optFlushMode}, Run: run(flush),
	AsRedis: true,
}
