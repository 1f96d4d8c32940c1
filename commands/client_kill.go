package commands

import (
	"math"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
)

var (
	optKillID     = &engine.Arg{Name: "client-id", Repeats: true, Type: engine.Integer, Token: "ID", Read: parseClientID}
	optKillType   = &engine.Arg{Name: "client-type", Repeats: true, Type: engine.OneOf, Token: "TYPE", Args: argClientTypes, Read: noClientType}
	optKillUser   = &engine.Arg{Name: "username", Repeats: true, Type: engine.String, Token: "USER", Read: parseUser}
	optKillAddr   = &engine.Arg{Name: "addr", Repeats: true, Type: engine.String, Token: "ADDR"}
	optKillLAddr  = &engine.Arg{Name: "laddr", Repeats: true, Type: engine.String, Token: "LADDR"}
	optKillSkipMe = &engine.Arg{Name: "skipme", Repeats: true, Type: engine.OneOf, Token: "SKIPME", Args: []*engine.Arg{
		engine.Token("YES"), engine.Token("NO")}}
	optKillMaxAge = &engine.Arg{Name: "maxage", Repeats: true, Type: engine.Integer, Token: "MAXAGE", Read: parseSeconds}
)

// CLIENT KILL old-format|ID client-id|TYPE NORMAL|MASTER|REPLICA|SLAVE|PUBSUB|USER username|ADDR addr|LADDR laddr|SKIPME YES|NO|MAXAGE maxage [ID client-id|TYPE NORMAL|MASTER|REPLICA|SLAVE|PUBSUB|USER username|ADDR addr|LADDR laddr|SKIPME YES|NO|MAXAGE maxage …]
var clientKillSpec = &engine.Spec{
	Name: "CLIENT|KILL", Arity: -3, Flags: []string{"admin", "loading"},
	Long:  true,
	Group: groupConnection, Summary: "Ends connections.",
	Complexity: "O(n) for n connections", Since: "0.1.0", Reply: "number ended; with an address alone OK",
	Args: []*engine.Arg{{Name: "filter", Type: engine.OneOf, Args: []*engine.Arg{
		{Name: "old-format", Type: engine.String},
		{Name: "new-format", Type: engine.OneOf, Multiple: true, Args: []*engine.Arg{
			optKillID, optKillType, optKillUser, optKillAddr, optKillLAddr, optKillSkipMe, optKillMaxAge}}}}},
	AsRedis: true,
	Run:     run(clientKill),
}

// killFilter says which connections to end: those that everything given fits.
type killFilter struct {
	id          uint64
	addr, laddr address
	age         time.Duration
	nobody      bool // of a type that none here has
	keepMe      bool
}

// address is one that a connection must have. To give none is not to give an
// empty one, which no connection has.
type address struct {
	given bool
	text  string
}

func (a address) fits(text string) bool { return !a.given || a.text != "" && a.text == text }

func (f *killFilter) fits(c *resp.Conn) bool {
	addr, laddr := c.Names()
	return !f.nobody && (f.id == 0 || f.id == c.ID) && f.addr.fits(addr) && f.laddr.fits(laddr) && c.Age() >= f.age
}

func clientKill(c *session, args [][]byte) error {
	byAddr := len(args) == 1
	f := killFilter{}
	if byAddr {
		f.addr = address{true, string(args[0])}
	} else {
		f = c.killFilter()
	}
	killed, me := int64(0), false
	for _, other := range c.Server.Conns() {
		switch {
		case !f.fits(other):
			continue
		case other != c.Conn:
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
	case !byAddr:
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

// killFilter is the one that the options say.
func (c *session) killFilter() killFilter {
	o := c.Options
	return killFilter{
		id:     o.Number(optKillID),
		addr:   address{o.Has(optKillAddr), string(o.Word(optKillAddr))},
		laddr:  address{o.Has(optKillLAddr), string(o.Word(optKillLAddr))},
		age:    time.Duration(o.Number(optKillMaxAge)) * time.Second,
		nobody: !c.ofType(optKillType), keepMe: o.Chose(optKillSkipMe) != "NO",
	}
}

func parseClientID(b []byte) (uint64, error) {
	id, err := parseNatural(b)
	if err != nil || id == 0 {
		return 0, errClientIDPositive
	}
	return id, nil
}

func parseUser(b []byte) (uint64, error) {
	if string(b) != "default" {
		return 0, errNoSuchUser(b)
	}
	return 0, nil
}

// parseSeconds reads a number of seconds that a time.Duration can be.
func parseSeconds(b []byte) (uint64, error) {
	n, err := parseNatural(b)
	if err != nil || n > uint64(math.MaxInt64/time.Second) {
		return 0, errNotInteger
	}
	return n, nil
}
