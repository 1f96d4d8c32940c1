package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
)

// COMMAND DOCS [command-name [command-name …]]
var commandDocsSpec = &engine.Spec{
	Name: "COMMAND|DOCS", Arity: -2, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Returns the documentation of commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "map of documentation",
	Args: []*engine.Arg{{Name: "command-name", Type: engine.String, Optional: true, Multiple: true}},
	Run:  run(commandDocs),
}

func commandDocs(c *session, names [][]byte) error {
	if len(names) > fewNames && c.LeaveLoop() {
		return engine.ErrLater
	}
	known := slices.DeleteFunc(slices.Clone(c.named(names)), func(m *engine.Command) bool { return m == nil })
	c.Map(len(known))
	for _, m := range known {
		if c.Gone() {
			return nil
		}
		c.replyDocs(m)
	}
	return nil
}

// replyDocs writes the name and the documentation. redis-cli asserts the types:
// keys are bulk strings, flags simple ones.
func (c *session) replyDocs(m *engine.Command) {
	fields := 4
	if len(m.Args) > 0 {
		fields++
	}
	if len(m.Subs) > 0 {
		fields++
	}
	c.BulkString(m.Lower)
	c.Map(fields)
	for _, f := range [][2]string{
		{"summary", m.Summary}, {"since", m.Since}, {"group", docGroup(m)}, {"complexity", m.Complexity},
	} {
		c.BulkString(f[0])
		c.BulkString(f[1])
	}
	if len(m.Args) > 0 {
		c.BulkString("arguments")
		c.replyArgs(m.Args)
	}
	if len(m.Subs) > 0 {
		c.BulkString("subcommands")
		c.Map(len(m.Subs))
		for _, sub := range m.Subs {
			c.replyDocs(sub)
		}
	}
}

func (c *session) replyArgs(args []*engine.Arg) {
	c.Array(len(args))
	for _, a := range args {
		fields := 2
		var flags []string
		if a.Optional {
			flags = append(flags, "optional")
		}
		if a.Multiple {
			flags = append(flags, "multiple")
		}
		leaf := len(a.Args) == 0
		for _, has := range []bool{leaf, a.Token != "", len(flags) > 0, !leaf} {
			if has {
				fields++
			}
		}
		c.Map(fields)
		c.BulkString("name")
		c.BulkString(a.Name)
		c.BulkString("type")
		c.BulkString(string(a.Type))
		if leaf {
			c.BulkString("display_text")
			c.BulkString(a.Name)
		}
		if a.Token != "" {
			c.BulkString("token")
			c.BulkString(a.Token)
		}
		if len(flags) > 0 {
			c.BulkString("flags")
			c.Set(len(flags))
			for _, f := range flags {
				c.SimpleString(f)
			}
		}
		if !leaf {
			c.BulkString("arguments")
			c.replyArgs(a.Args)
		}
	}
}
