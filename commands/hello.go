package commands

import "github.com/prefixtracker/prefixtracker/resp"

// HELLO [protover [AUTH username password] [SETNAME clientname]]
var helloSpec = &Spec{
	Name: "HELLO", Arity: -1, Flags: []string{"fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Chooses the protocol version and tells about the server.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args: []Arg{{Name: "arguments", Type: ArgBlock, Optional: true, Args: []Arg{
		{Name: "protover", Type: ArgInteger},
		{Name: "auth", Type: ArgBlock, Token: "AUTH", Optional: true, Args: []Arg{
			{Name: "username", Type: ArgString}, {Name: "password", Type: ArgString}}},
		{Name: "clientname", Type: ArgString, Token: "SETNAME", Optional: true},
	}}},
	Reply: "map of server, version, proto, id, mode, role, modules",
	Run:   (*Commands).hello,
}

func (x *Commands) hello(c *resp.Conn, args [][]byte) error {
	proto, name, named := c.Protocol(), "", false
	var user, password []byte // the last pair counts
	if len(args) > 0 {
		n, ok := parseUint(args[0], maxInt64)
		if !ok {
			return errProtoNumber
		}
		if n != 2 && n != 3 {
			return errNoProto
		}
		proto = int(n)
		for rest := args[1:]; len(rest) > 0; {
			switch {
			case is(rest[0], "AUTH") && len(rest) > 2:
				user, password = rest[1], rest[2]
				rest = rest[3:]
			case is(rest[0], "SETNAME") && len(rest) > 1:
				if !printable(rest[1]) {
					return errClientName
				}
				name, named = string(rest[1]), true
				rest = rest[2:]
			default:
				return errHelloOption(rest[0])
			}
		}
	}
	if user != nil {
		if err := authenticate(c, user, password); err != nil {
			return err
		}
	} else if !c.Authenticated() {
		return errHelloWithoutAuth
	}
	if named {
		c.Describe(func(p *resp.Profile) { p.Name = name })
	}
	c.SetProtocol(proto)
	if proto == 2 {
		x.forgetReader(c, sessionOf(c))
	}

	c.Map(7)
	c.BulkString("server")
	c.BulkString("prefixtracker")
	c.BulkString("version")
	c.BulkString(x.options.Version)
	c.BulkString("proto")
	c.Int(int64(proto))
	c.BulkString("id")
	c.Int(int64(c.ID))
	c.BulkString("mode")
	c.BulkString("standalone")
	c.BulkString("role")
	c.BulkString("master")
	c.BulkString("modules")
	c.Array(0)
	return nil
}
