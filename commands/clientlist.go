package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CLIENT INFO
var clientInfoSpec = &Spec{
	Name: "CLIENT|INFO", Arity: 2,
	Group: groupConnection, Summary: "Describes the connection.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "text",
	Run: (*Commands).clientInfo,
}

// CLIENT LIST [TYPE type] [ID id [id …]]
var clientListSpec = &Spec{
	Name: "CLIENT|LIST", Arity: -2, Flags: []string{"admin"},
	Long:  true,
	Group: groupConnection, Summary: "Describes the open connections, one a line.",
	Complexity: "O(n log n) for n connections", Since: "0.1.0", Reply: "text",
	Args: []Arg{
		{Name: "client-type", Type: ArgOneOf, Token: "TYPE", Optional: true, Args: []Arg{
			token("NORMAL"), token("MASTER"), token("REPLICA"), token("PUBSUB")}},
		{Name: "client-id", Type: ArgInteger, Token: "ID", Optional: true, Multiple: true}},
	Run: (*Commands).clientList,
}

func (x *Commands) clientInfo(c *resp.Conn, _ [][]byte) error {
	c.Publish(&sessionOf(c).last.lower)
	c.Verbatim(describe(c))
	return nil
}

func (x *Commands) clientList(c *resp.Conn, args [][]byte) error {
	wanted := func(*resp.Conn) bool { return true }
	switch {
	case len(args) == 0:
	case len(args) == 2 && is(args[0], "TYPE"):
		normal, err := parseClientType(args[1])
		if err != nil {
			return err
		}
		wanted = func(*resp.Conn) bool { return normal }
	case len(args) > 1 && is(args[0], "ID"):
		var ids []uint64
		for _, a := range args[1:] {
			id, ok := parseUint(a, maxInt64)
			if !ok {
				return errClientID
			}
			ids = append(ids, id)
		}
		wanted = func(other *resp.Conn) bool { return slices.Contains(ids, other.ID) }
	default:
		return errSyntax
	}
	c.Publish(&sessionOf(c).last.lower)
	var b strings.Builder
	for _, other := range c.Server.Conns() {
		if wanted(other) {
			b.WriteString(describe(other))
		}
	}
	c.Verbatim(b.String())
	return nil
}

// parseClientType reads one of Redis's types and tells whether it is that of
// the connections here.
func parseClientType(b []byte) (normal bool, err error) {
	switch {
	case is(b, "NORMAL"):
		return true, nil
	case is(b, "MASTER"), is(b, "REPLICA"), is(b, "SLAVE"), is(b, "PUBSUB"):
		return false, nil
	default:
		return false, errClientType(b)
	}
}

// describe is the line of CLIENT LIST for c, with the fields of Redis's that
// mean something here.
func describe(c *resp.Conn) string {
	p := c.Profile()
	command, protocol, idle := c.Published()
	if command == "" {
		command = "NULL"
	}
	return fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=0 sub=0 psub=0 ssub=0 "+
		"multi=%d cmd=%s user=default redir=-1 resp=%d lib-name=%s lib-ver=%s\n",
		c.ID, c.RemoteAddr(), c.LocalAddr(), c.FD(), p.Name, int64(c.Age().Seconds()), int64(idle.Seconds()), clientFlags(p),
		p.Queued, command, protocol, p.LibName, p.LibVer)
}

func clientFlags(p resp.Profile) string {
	var b strings.Builder
	for _, f := range []struct {
		on   bool
		flag byte
	}{{p.Monitor, 'O'}, {p.Queued >= 0, 'x'}, {p.Tracking, 't'}, {p.NoEvict, 'e'}, {p.NoTouch, 'T'}} {
		if f.on {
			b.WriteByte(f.flag)
		}
	}
	if b.Len() == 0 {
		return "N"
	}
	return b.String()
}
