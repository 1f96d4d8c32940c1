package commands

import (
	"bytes"

	"github.com/prefixtracker/prefixtracker/resp"
)

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

func (x *Commands) selectDB(c *resp.Conn, args [][]byte) error {
	number, _ := bytes.CutPrefix(args[0], []byte("-"))
	n, ok := parseUint(number, maxInt64)
	switch {
	case !ok:
		return errNotInteger
	case n != 0 || len(number) < len(args[0]):
		return errDBIndex
	}
	c.OK()
	return nil
}
