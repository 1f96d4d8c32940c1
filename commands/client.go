package commands

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CLIENT ID|GETNAME|SETNAME|SETINFO
var clientSpec = &Spec{
	Name: "CLIENT", Arity: -2,
	Group:      groupConnection,
	Summary:    "Names the connection and tells its ID.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs:       []*Spec{clientIDSpec, clientGetNameSpec, clientSetNameSpec, clientSetInfoSpec},
}

var clientIDSpec = &Spec{
	Name: "CLIENT|ID", Arity: 2, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Returns the connection's ID.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "ID",
	Run: func(_ *Commands, c *resp.Conn, _ [][]byte) { c.Int(int64(c.ID)) },
}

var clientGetNameSpec = &Spec{
	Name: "CLIENT|GETNAME", Arity: 2, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Returns the connection's name.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name or null",
	Run: func(_ *Commands, c *resp.Conn, _ [][]byte) {
		if c.Name == "" {
			c.Null()
			return
		}
		c.BulkString(c.Name)
	},
}

var clientSetNameSpec = &Spec{
	Name: "CLIENT|SETNAME", Arity: 3, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Names the connection.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "connection-name", Type: ArgString}},
	Run: func(_ *Commands, c *resp.Conn, args [][]byte) {
		if !printable(args[0]) {
			fail(c, errClientName)
			return
		}
		c.Name = string(args[0])
		c.OK()
	},
}

var clientSetInfoSpec = &Spec{
	Name: "CLIENT|SETINFO", Arity: 4, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Takes note of the client library's name and version.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "attr", Type: ArgOneOf, Args: []Arg{
		{Name: "libname", Type: ArgString, Token: "LIB-NAME"},
		{Name: "libver", Type: ArgString, Token: "LIB-VER"}}}},
	Run: (*Commands).clientSetInfo,
}

func (x *Commands) clientSetInfo(c *resp.Conn, args [][]byte) {
	var field *string
	switch {
	case is(args[0], "LIB-NAME"):
		field = &c.LibName
	case is(args[0], "LIB-VER"):
		field = &c.LibVer
	default:
		fail(c, wireError("ERR Unrecognized option '"+clipped(args[0])+"'"))
		return
	}
	if !printable(args[1]) {
		fail(c, wireError("ERR "+strings.ToLower(clipped(args[0]))+" cannot contain spaces, newlines or special characters."))
		return
	}
	*field = string(args[1])
	c.OK()
}

// printable tells whether b may stand in a line of CLIENT LIST.
func printable(b []byte) bool {
	for _, c := range b {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}
