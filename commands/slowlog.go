package commands

import "github.com/prefixtracker/prefixtracker/engine"

// SLOWLOG
var slowLogSpec = &engine.Spec{
	Name: "SLOWLOG", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Shows the commands that took long.",
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{slowLogGetSpec, slowLogLenSpec, slowLogResetSpec},
}

// SLOWLOG GET [count]
var slowLogGetSpec = &engine.Spec{
	Name: "SLOWLOG|GET", Arity: -2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Returns the latest entries: ID, Unix time, microseconds, arguments, client address, client name.",
	Long:       true,
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "array of entries",
	Args: []*engine.Arg{{Name: "count", Type: engine.Integer, Optional: true}},
	Run:  run(slowLogGet),
}

// SLOWLOG LEN
var slowLogLenSpec = &engine.Spec{
	Name: "SLOWLOG|LEN", Arity: 2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Counts the entries.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number", Run: run(slowLogLen),
}

// SLOWLOG RESET
var slowLogResetSpec = &engine.Spec{
	Name: "SLOWLOG|RESET", Arity: 2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Forgets all entries.",
	Complexity: "O(n) for n entries", Since: "0.1.0", Reply: "OK", Run: run(slowLogReset),
}

func slowLogGet(c *session, args [][]byte) error {
	n := int64(10)
	if len(args) > 1 {
		return engine.ErrSubcommand("SLOWLOG", []byte("GET"))
	}
	if len(args) == 1 {
		var err error
		if n, err = parseInt(args[0]); err != nil || n < -1 {
			return errSlowLogCount
		}
	}
	if n < 0 {
		n = engine.MaxSlowLen
	}
	var entries []*engine.SlowEntry
	if err := c.collected.gather(func() error {
		entries = c.Engine().SlowLog().Latest(int(min(n, engine.MaxSlowLen)))
		bytes := 0
		for _, e := range entries {
			bytes += e.Bytes()
		}
		return c.collected.more(bytes)
	}); err != nil {
		return err
	}
	c.Array(len(entries))
	for _, e := range entries {
		c.Array(6)
		c.Int(e.ID)
		c.Int(e.At.Unix())
		c.Int(e.Took.Microseconds())
		c.Array(len(e.Words))
		for _, w := range e.Words {
			c.BulkString(w)
		}
		c.BulkString(e.Addr)
		c.BulkString(e.Name)
	}
	return nil
}

func slowLogLen(c *session, _ [][]byte) error {
	c.Int(int64(c.Engine().SlowLog().Len()))
	return nil
}

func slowLogReset(c *session, _ [][]byte) error {
	c.Engine().SlowLog().Reset()
	c.OK()
	return nil
}
