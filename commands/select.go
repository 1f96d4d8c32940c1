package commands

import "github.com/prefixtracker/prefixtracker/resp"

// SELECT index
var selectSpec = &Spec{
	Name: "SELECT", Arity: 2, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Accepts database 0, the only one.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "index", Type: ArgInteger}},
	Reply:      "OK",
	Run:        (*Commands).selectDB,
}

func (x *Commands) selectDB(c *resp.Conn, args [][]byte) {
	n, ok := parseUint(args[0], maxInt64)
	switch {
	case !ok && !(len(args[0]) > 1 && args[0][0] == '-'):
		fail(c, errNotInteger)
	case !ok || n != 0:
		fail(c, errDBIndex)
	default:
		c.OK()
	}
}
