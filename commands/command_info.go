package commands

import "github.com/prefixtracker/prefixtracker/engine"

// COMMAND INFO [command-name [command-name …]]
var commandInfoSpec = &engine.Spec{
	Name: "COMMAND|INFO", Arity: -2, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Returns the descriptions of commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of descriptions",
	Args: []*engine.Arg{{Name: "command-name", Type: engine.String, Optional: true, Multiple: true}},
	Run:  run(commandInfo),
}

// commandInfo answers COMMAND, too.
func commandInfo(c *session, names [][]byte) error {
	if len(names) > fewNames && c.LeaveLoop() {
		return engine.ErrLater
	}
	list := c.named(names)
	c.Array(len(list))
	for _, m := range list {
		if c.Gone() {
			return nil
		}
		if m == nil {
			c.Null()
			continue
		}
		c.replyInfo(m)
	}
	return nil
}

// replyInfo writes the ten fields of COMMAND INFO.
func (c *session) replyInfo(m *engine.Command) {
	c.Array(10)
	c.BulkString(m.Lower)
	c.Int(int64(m.Arity))
	c.Set(len(m.Flags))
	for _, f := range m.Flags {
		c.SimpleString(f)
	}
	c.Int(int64(m.FirstKey))
	c.Int(int64(m.LastKey))
	c.Int(int64(m.Step))
	in := categories(m)
	c.Set(len(in))
	for _, category := range in {
		c.SimpleString("@" + category)
	}
	c.Array(0) // tips
	c.Array(0) // key specifications
	c.Array(len(m.Subs))
	for _, sub := range m.Subs {
		c.replyInfo(sub)
	}
}
