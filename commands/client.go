package commands

import "github.com/prefixtracker/prefixtracker/resp"

// CLIENT: what a connection says of itself; see the other client*.go for the
// rest.
var clientSpec = &Spec{
	Name: "CLIENT", Arity: -2,
	Group:      groupConnection,
	Summary:    "Shows, names and ends connections.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs: []*Spec{clientCachingSpec, clientGetNameSpec, clientIDSpec, clientInfoSpec, clientKillSpec, clientListSpec,
		clientNoEvictSpec, clientNoTouchSpec, clientReplySpec, clientSetInfoSpec, clientSetNameSpec, clientTrackingSpec},
}

var clientIDSpec = &Spec{
	Name: "CLIENT|ID", Arity: 2, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Returns the connection's ID.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "ID",
	Run: (*Commands).clientID,
}

var clientGetNameSpec = &Spec{
	Name: "CLIENT|GETNAME", Arity: 2, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Returns the connection's name.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name or null",
	Run: (*Commands).clientGetName,
}

var clientSetNameSpec = &Spec{
	Name: "CLIENT|SETNAME", Arity: 3, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Names the connection.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "connection-name", Type: ArgString}},
	Run:  (*Commands).clientSetName,
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

func (x *Commands) clientID(c *resp.Conn, _ [][]byte) error {
	c.Int(int64(c.ID))
	return nil
}

func (x *Commands) clientGetName(c *resp.Conn, _ [][]byte) error {
	if name := c.Profile().Name; name == "" {
		c.Null()
	} else {
		c.BulkString(name)
	}
	return nil
}

func (x *Commands) clientSetName(c *resp.Conn, args [][]byte) error {
	if !printable(args[0]) {
		return errClientName
	}
	c.Describe(func(p *resp.Profile) { p.Name = string(args[0]) })
	c.OK()
	return nil
}

func (x *Commands) clientSetInfo(c *resp.Conn, args [][]byte) error {
	isName := is(args[0], "LIB-NAME")
	if !isName && !is(args[0], "LIB-VER") {
		return errClientAttribute(args[0])
	}
	if !printable(args[1]) {
		return errClientAttributeValue(args[0])
	}
	c.Describe(func(p *resp.Profile) {
		if isName {
			p.LibName = string(args[1])
		} else {
			p.LibVer = string(args[1])
		}
	})
	c.OK()
	return nil
}

// maxName is the bytes of a name, which the server keeps as long as the
// connection lasts.
const maxName = 4096

// printable tells whether b may stand in a line of CLIENT LIST.
func printable(b []byte) bool {
	if len(b) > maxName {
		return false
	}
	for _, c := range b {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}
