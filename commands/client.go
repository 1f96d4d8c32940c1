package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
)

// CLIENT
var clientSpec = &engine.Spec{
	Name: "CLIENT", Arity: -2,
	Group:      groupConnection,
	Summary:    "Shows, names and ends connections.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs: []*engine.Spec{clientCachingSpec, clientGetNameSpec, clientGetRedirSpec, clientIDSpec, clientInfoSpec, clientKillSpec, clientListSpec,
		clientNoEvictSpec, clientNoTouchSpec, clientReplySpec, clientSetInfoSpec, clientSetNameSpec, clientTrackingSpec,
		clientTrackingInfoSpec},
}

// CLIENT ID
var clientIDSpec = &engine.Spec{
	Name: "CLIENT|ID", Arity: 2, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Returns the connection's ID.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "ID",
	Run: run(clientID),
}

// CLIENT GETNAME
var clientGetNameSpec = &engine.Spec{
	Name: "CLIENT|GETNAME", Arity: 2, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Returns the connection's name.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name or null",
	Run: run(clientGetName),
}

// CLIENT SETNAME connection-name
var clientSetNameSpec = &engine.Spec{
	Name: "CLIENT|SETNAME", Arity: 3, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Names the connection.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []*engine.Arg{{Name: "connection-name", Type: engine.String}},
	Run:  run(clientSetName),
}

var argAttribute = &engine.Arg{Name: "attr", Type: engine.OneOf, Args: []*engine.Arg{
	{Name: "libname", Type: engine.String, Token: "LIB-NAME"},
	{Name: "libver", Type: engine.String, Token: "LIB-VER"}}, Read: noAttribute}

// CLIENT SETINFO LIB-NAME libname|LIB-VER libver
var clientSetInfoSpec = &engine.Spec{
	Name: "CLIENT|SETINFO", Arity: 4, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Takes note of the client library's name and version.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args:    []*engine.Arg{argAttribute},
	Run:     run(clientSetInfo),
	AsRedis: true,
}

func clientID(c *session, _ [][]byte) error {
	c.Int(int64(c.ID))
	return nil
}

func clientGetName(c *session, _ [][]byte) error {
	if name := c.Profile().Name; name == "" {
		c.Null()
	} else {
		c.BulkString(name)
	}
	return nil
}

func clientSetName(c *session, args [][]byte) error {
	if !printable(args[0]) {
		return errClientName
	}
	c.Describe(func(p *engine.Profile) { p.Name = string(args[0]) })
	c.OK()
	return nil
}

func clientSetInfo(c *session, _ [][]byte) error {
	attribute, value := c.Options.Chose(argAttribute), c.Options.Word(argAttribute)
	if !printable(value) {
		return errClientAttributeValue(attribute)
	}
	c.Describe(func(p *engine.Profile) {
		if attribute == "LIB-NAME" {
			p.LibName = string(value)
		} else {
			p.LibVer = string(value)
		}
	})
	c.OK()
	return nil
}

func noAttribute(word []byte) (uint64, error) { return 0, errClientAttribute(word) }
