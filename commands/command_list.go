package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/glob"
)

var optFilterBy = &engine.Arg{Name: "filterby", Type: engine.OneOf, Token: "FILTERBY", Optional: true, Args: []*engine.Arg{
	{Name: "module-name", Type: engine.String, Token: "MODULE"},
	{Name: "category", Type: engine.String, Token: "ACLCAT"},
	{Name: "pattern", Type: engine.Pattern, Token: "PATTERN"}}}

// COMMAND LIST [FILTERBY MODULE module-name|ACLCAT category|PATTERN pattern]
var commandListSpec = &engine.Spec{
	Name: "COMMAND|LIST", Arity: -2, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Returns the names of all commands and subcommands, or of those that match.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of names",
	Args:    []*engine.Arg{optFilterBy},
	Run:     run(commandList),
	AsRedis: true,
}

func commandList(c *session, _ [][]byte) error {
	commands := c.Engine().Commands()
	var names []string
	word := c.Options.Word(optFilterBy)
	switch c.Options.Chose(optFilterBy) {
	case "":
		engine.Walk(commands, true, func(m *engine.Command) { names = append(names, m.Lower) })
	case "MODULE": // there are none
	case "ACLCAT":
		category := engine.Lower([]byte(engine.Clipped(word))) // none is as long
		engine.Walk(commands, true, func(m *engine.Command) {
			if slices.Contains(categories(m), category) {
				names = append(names, m.Lower)
			}
		})
	default:
		if longPattern(word) && c.LeaveLoop() {
			return engine.ErrLater
		}
		pattern := engine.Lower(word) // all names are
		engine.Walk(commands, true, func(m *engine.Command) {
			if glob.Match(pattern, m.Lower) {
				names = append(names, m.Lower)
			}
		})
	}
	c.Array(len(names))
	for _, name := range names {
		c.BulkString(name)
	}
	return nil
}
