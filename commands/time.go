package commands

import (
	"strconv"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TIME
var timeSpec = &Spec{
	Name: "TIME", Arity: 1, Flags: []string{"fast"},
	Group:      groupServer,
	Summary:    "Returns the server's clock.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "array of Unix seconds and microseconds",
	Run:        (*Commands).time,
}

func (x *Commands) time(c *resp.Conn, _ [][]byte) error {
	now := time.Now()
	c.Array(2)
	c.BulkString(strconv.FormatInt(now.Unix(), 10))
	c.BulkString(strconv.Itoa(now.Nanosecond() / 1000))
	return nil
}
