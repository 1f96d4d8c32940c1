package commands

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/engine"
)

var (
	optListType = &engine.Arg{Name: "client-type", Type: engine.OneOf, Token: "TYPE", Optional: true, Args: argClientTypes, Read: noClientType}
	optListID   = &engine.Arg{Name: "client-id", Type: engine.Integer, Token: "ID", Optional: true, Multiple: true}
)

// CLIENT LIST [TYPE NORMAL|MASTER|REPLICA|SLAVE|PUBSUB] [ID client-id [client-id …]]
var clientListSpec = &engine.Spec{
	Name: "CLIENT|LIST", Arity: -2, Flags: []string{"admin", "loading"},
	Long:  true,
	Group: groupConnection, Summary: "Describes the open connections, one a line.",
	Complexity: "O(n log n) for n connections", Since: "0.1.0", Reply: "text",
	Args:    []*engine.Arg{optListType, optListID},
	Run:     run(clientList),
	AsRedis: true,
}

func clientList(c *session, _ [][]byte) error {
	if c.Options.Has(optListType) && c.Options.Has(optListID) {
		return engine.ErrSyntax // one or the other, as in Redis
	}
	typed := c.ofType(optListType)
	wanted := make(map[uint64]bool)
	for _, a := range c.Options.Rest(optListID) {
		id, err := parseInt(a)
		if err != nil {
			return errClientID
		}
		wanted[uint64(id)] = true // nobody has one below 0
	}
	c.Publish()
	c.NoteUsage()
	var b strings.Builder
	if err := c.collected.gather(func() error {
		b.Reset()
		for _, other := range c.Server.Conns() {
			if typed && (len(wanted) == 0 || wanted[other.ID]) {
				had := b.Cap()
				b.WriteString(describe(engine.Of(other)))
				if err := c.collected.more(b.Cap() - had); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	c.Verbatim(b.String())
	return nil
}
