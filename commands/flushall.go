package commands

import "github.com/prefixtracker/prefixtracker/engine"

// FLUSHALL [ASYNC|SYNC]
var flushAllSpec = &engine.Spec{
	Name: "FLUSHALL", Arity: -1, Flags: []string{"write"},
	Long:  true,
	Group: groupKeyspace, Categories: []string{"dangerous"}, Summary: "Removes all trackers.",
	Complexity: "O(n) for n trackers", Since: "0.1.0", Reply: "OK",
	Args: []*engine.Arg{optFlushMode}, Run: run(flush),
	AsRedis: true,
}
