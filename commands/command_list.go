package commands

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
)

var optFilterBy = &engine.Arg{Name: "filterby", Type: engine.OneOf, Token: "FILTERBY", Optional: true, Args: []*engine.Arg{
	{Name: "module-name", Type: engine.String, Token: "MODULE"},
	{Name: "category", Type: engine.String, Token: "ACLCAT"},
	{Name: "pattern", Type: engine.Pattern, Token: "PATTERN"}}}

// COMMAND LIST [FILTERBY MODULE module-name|ACLCAT category|PATTERN pattern]
var commandListSpec = &engine.Spec{
	Name: "COMMAND|LIST", Arity: -2,
	Group: groupServer, Summary: "Returns the names of all commands, or of those that match.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of names",
	Args:    []*engine.Arg{optFilterBy},
	Run:     run(commandList),
	AsRedis: true,
}

func commandList(c *session, _ [][]byte) error {
	commands := c.Engine().Commands()
	var names []string
	word := view(c.Options.Word(optFilterBy))
	switch c.Options.Chose(optFilterBy) {
	case "":
		for _, m := range commands {
			names = append(names, m.Lower)
		}
	case "MODULE": // there are none
	case "ACLCAT":
		engine.Walk(commands, false, func(m *engine.Command) {
			if strings.EqualFold(docGroup(m), word) {
				names = append(names, m.Lower)
			}
		})
	default:
		if longPattern(c.Options.Word(optFilterBy)) && c.LeaveLoop() {
			return engine.ErrLater
		}
		pattern := strings.ToLower(word)
		engine.Walk(commands, false, func(m *engine.Command) {
			if glob(pattern, m.Lower) {
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
