package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
)

// TIME
var timeSpec = &engine.Spec{
	Name: "TIME", Arity: 1, Flags: []string{"loading", "fast"},
	Group:      groupServer,
	Summary:    "Returns the server's clock.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "array of Unix seconds and microseconds",
	Run:        run(timeOfDay),
}

func timeOfDay(c *session, _ [][]byte) error {
	now := time.Now()
	c.Array(2)
	c.replyDigits(uint64(now.Unix()))
	c.replyDigits(uint64(now.Nanosecond() / 1000))
	return nil
}
