package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CLIENT KILL addr · CLIENT KILL [ID id] [TYPE type] [USER user] [ADDR addr] [LADDR addr] [SKIPME yes|no] [MAXAGE seconds]
var clientKillSpec = &Spec{
	Name: "CLIENT|KILL", Arity: -3, Flags: []string{"admin"},
	Long:  true,
	Group: groupConnection, Summary: "Ends connections.",
	Complexity: "O(n) for n connections", Since: "0.1.0", Reply: "number ended; with an address alone OK",
	Args: []Arg{{Name: "filter", Type: ArgOneOf, Args: []Arg{
		{Name: "old-format", Type: ArgString},
		{Name: "new-format", Type: ArgOneOf, Multiple: true, Args: []Arg{
			{Name: "client-id", Type: ArgInteger, Token: "ID"},
			{Name: "client-type", Type: ArgString, Token: "TYPE"},
			{Name: "username", Type: ArgString, Token: "USER"},
			{Name: "addr", Type: ArgString, Token: "ADDR"},
			{Name: "laddr", Type: ArgString, Token: "LADDR"},
			{Name: "skipme", Type: ArgOneOf, Token: "SKIPME", Args: []Arg{token("YES"), token("NO")}},
			{Name: "maxage", Type: ArgInteger, Token: "MAXAGE"}}}}}},
	Run: (*Commands).clientKill,
}

// killFilter says which connections to end: those that everything given fits.
type killFilter struct {
	id          uint64
	addr, laddr string
	age         time.Duration
	nobody      bool // of a type that none here has
	keepMe      bool
}

func (f *killFilter) fits(c *resp.Conn) bool {
	return !f.nobody && (f.id == 0 || f.id == c.ID) && (f.addr == "" || f.addr == c.RemoteAddr()) &&
		(f.laddr == "" || f.laddr == c.LocalAddr()) && c.Age() >= f.age
}

func (x *Commands) clientKill(c *resp.Conn, args [][]byte) error {
	old := len(args) == 1
	f := killFilter{keepMe: !old}
	if old {
		f.addr = string(args[0])
	} else if err := f.parse(args); err != nil {
		return err
	}
	killed, me := int64(0), false
	for _, other := range c.Server.Conns() {
		switch {
		case !f.fits(other):
			continue
		case other != c:
			if !other.Kill() { // another operator has
				continue
			}
		case f.keepMe:
			continue
		default:
			me = true
		}
		killed++
	}
	switch {
	case !old:
		c.Int(killed)
	case killed == 0:
		return errNoSuchClient
	default:
		c.OK()
	}
	if me {
		c.CloseAfterReply()
	}
	return nil
}

func (f *killFilter) parse(args [][]byte) error {
	for ; len(args) > 0; args = args[2:] {
		if len(args) == 1 {
			return errSyntax
		}
		word, value := args[0], args[1]
		switch {
		case is(word, "ID"):
			id, ok := parseUint(value, maxInt64)
			if !ok || id == 0 {
				return errClientIDPositive
			}
			f.id = id
		case is(word, "TYPE"):
			normal, err := parseClientType(value)
			if err != nil {
				return err
			}
			f.nobody = !normal
		case is(word, "USER"):
			if string(value) != "default" {
				return errNoSuchUser(value)
			}
		case is(word, "ADDR"):
			f.addr = string(value)
		case is(word, "LADDR"):
			f.laddr = string(value)
		case is(word, "SKIPME") && (is(value, "YES") || is(value, "NO")):
			f.keepMe = is(value, "YES")
		case is(word, "MAXAGE"):
			n, err := parseInt(value)
			if err != nil || n < 0 || n > maxSeconds {
				return errNotInteger
			}
			f.age = time.Duration(n) * time.Second
		default:
			return errSyntax
		}
	}
	return nil
}

const maxSeconds = maxInt64 / int64(time.Second)
