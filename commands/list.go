package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.LIST [MATCH glob]
var listSpec = &Spec{
	Name: "PT.LIST", Arity: -1, Flags: []string{"readonly"},
	Long:       true,
	Group:      groupRegistry,
	Summary:    "Lists the prefixes, sorted.",
	Complexity: "O(n log n) for n prefixes",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "glob", Type: ArgPattern, Token: "MATCH", Optional: true}},
	Reply:      "array of prefixes",
	Run:        (*Commands).list,
}

func (x *Commands) list(c *resp.Conn, args [][]byte) error {
	pattern := "*"
	switch {
	case len(args) == 2 && is(args[0], "MATCH"):
		pattern = view(args[1])
	case len(args) != 0:
		return errSyntax
	}
	x.replyPrefixes(c, pattern)
	return nil
}
