package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
)

// COMMAND GETKEYS command arg [arg …]
var commandGetKeysSpec = &engine.Spec{
	Name: "COMMAND|GETKEYS", Arity: -4, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Returns the keys among a command's arguments.",
	Complexity: "O(n) for n arguments", Since: "0.1.0", Reply: "array of keys",
	Args: []*engine.Arg{{Name: "command", Type: engine.String}, {Name: "arg", Type: engine.String, Multiple: true}},
	Run:  run(commandGetKeys),
}

func commandGetKeys(c *session, words [][]byte) error {
	command := c.Engine().Find(words[0])
	if command == nil {
		return errNotACommand
	}
	if len(words) > 1 {
		if sub := command.Find(words[1]); sub != nil {
			command = sub
		}
	}
	if command.FirstKey == 0 && command.KeyCount == 0 {
		return errNoKeys
	}
	if !command.Accepts(len(words)) {
		return errWrongArgumentNumber
	}
	keys := command.Keys(words)
	if len(keys) == 0 {
		return errKeysUnclear
	}
	c.Array(len(keys))
	for _, key := range keys {
		c.Bulk(key)
	}
	return nil
}
