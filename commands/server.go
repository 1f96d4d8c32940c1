package commands

import (
	"bytes"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
)

// named returns the commands of names, nil for unknown ones; all without names.
func (c *session) named(names [][]byte) []*engine.Command {
	if len(names) == 0 {
		return c.Engine().Commands()
	}
	list := make([]*engine.Command, len(names))
	for i, name := range names {
		list[i] = c.lookup(name)
	}
	return list
}

// lookup returns the command, or the subcommand "client|id"; nil if there is
// none.
func (c *session) lookup(name []byte) *engine.Command {
	first, second, isSub := bytes.Cut(name, []byte("|"))
	command := c.Engine().Find(first)
	if command == nil || !isSub {
		return command
	}
	return command.Find(second)
}

// fewNames is how many commands can be described without holding up other
// clients: a description is some thousand times as long as the name.
const fewNames = 100

// docGroup is the group in COMMAND DOCS: one for all of our own commands, so
// that "help @prefixtracker" shows them together.
func docGroup(c *engine.Command) string {
	if strings.HasPrefix(c.Name, "PT.") {
		return "prefixtracker"
	}
	return c.Group
}

// groupCategories are the ACL categories of groups whose commands have one.
var groupCategories = map[string]string{
	"prefixtracker": "prefixtracker", groupKeyspace: "keyspace", groupSet: "set", groupBitmap: "bitmap",
	groupConnection: "connection", groupTransactions: "transaction",
}

// What ACL categories follow from flags.
var flagCategories = []struct {
	flag       string
	categories []string
}{
	{"readonly", []string{"read"}}, {"write", []string{"write"}}, {"admin", []string{"admin", "dangerous"}},
}

// categories are the ACL categories of a command, as Redis has them. One that only
// has subcommands does nothing itself, and has those of no group and flag.
func categories(c *engine.Command) []string {
	var all []string
	if c.Run != nil {
		if category := groupCategories[docGroup(c)]; category != "" {
			all = append(all, category)
		}
		for _, f := range flagCategories {
			if slices.Contains(c.Flags, f.flag) {
				all = append(all, f.categories...)
			}
		}
	}
	all = append(all, c.Categories...)
	if slices.Contains(c.Flags, "fast") {
		return append(all, "fast")
	}
	return append(all, "slow")
}
