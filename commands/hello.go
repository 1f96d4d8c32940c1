package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
)

var (
	optAuth = &engine.Arg{Name: "auth", Type: engine.Block, Token: "AUTH", Optional: true, Repeats: true, Args: []*engine.Arg{
		{Name: "username", Type: engine.String}, {Name: "password", Type: engine.String}}}
	optSetName = &engine.Arg{Name: "clientname", Type: engine.String, Token: "SETNAME", Optional: true, Repeats: true, Read: checkName}
)

// HELLO [protover [AUTH username password] [SETNAME clientname]]
var helloSpec = &engine.Spec{
	Name: "HELLO", Arity: -1, Flags: []string{"loading", "fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Chooses the protocol version and tells about the server.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args: []*engine.Arg{{Name: "arguments", Type: engine.Block, Optional: true, Args: []*engine.Arg{
		{Name: "protover", Type: engine.Integer, Read: parseProtocol},
		optAuth, optSetName}}},
	AsRedis: true, BadOption: errHelloOption, Redact: redactHello,
	Reply: "map of server (redis), version (of the Redis that the standard commands are like), proto, id, mode, role, modules",
	Run:   run(hello),
}

func hello(c *session, args [][]byte) error {
	protocol := c.Protocol()
	if len(args) > 0 {
		n, err := parseProtocol(args[0])
		if err != nil {
			return err
		}
		protocol = int(n)
	}
	if credentials := c.Options.Rest(optAuth); credentials != nil {
		if err := c.authenticate(credentials[0], credentials[1]); err != nil {
			return err
		}
	} else if !c.Authenticated() {
		return errHelloWithoutAuth
	}
	if c.Options.Has(optSetName) {
		c.Describe(func(p *engine.Profile) { p.Name = string(c.Options.Word(optSetName)) })
	}
	c.SetProtocol(protocol)

	// Clients go by these two: some turn their cache on for Redis alone, of a
	// version that they know. What the server is says INFO.
	c.Map(7)
	c.BulkString("server")
	c.BulkString("redis")
	c.BulkString("version")
	c.BulkString(compatible)
	c.BulkString("proto")
	c.Int(int64(protocol))
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

// parseProtocol reads the version of a protocol.
func parseProtocol(b []byte) (uint64, error) {
	n, err := parseInt(b)
	switch {
	case err != nil:
		return 0, errProtoNumber
	case n != 2 && n != 3:
		return 0, errNoProto
	}
	return uint64(n), nil
}

// checkName refuses what cannot be a client's name.
func checkName(b []byte) (uint64, error) {
	if !printable(b) {
		return 0, errClientName
	}
	return 0, nil
}

// redactHello hides what stands behind each AUTH.
func redactHello(words [][]byte) [][]byte {
	shown := slices.Clone(words)
	for i := 2; i < len(words); i++ {
		if engine.Is(words[i], "AUTH") {
			for j := i + 1; j < min(i+3, len(words)); j++ {
				shown[j] = engine.Redacted
			}
		}
	}
	return shown
}
