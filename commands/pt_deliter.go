package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optTTL = &engine.Arg{Name: "ms", Type: engine.Integer, Token: "TTL", Optional: true, Read: parseTTL}

// PT.DELITER
var ptDelIterSpec = &engine.Spec{
	Name: "PT.DELITER", Arity: -2, Flags: []string{"write"},
	Group:      groupHandOut,
	Summary:    "Deletes through an exclusive iterator that is held by a token.",
	Complexity: "depends on the subcommand",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs:       []*engine.Spec{ptDelIterOpenSpec, ptDelIterNextSpec, ptDelIterCloseSpec},
}

// PT.DELITER OPEN prefix [RANGE min max] [TTL ms] [ONCLOSE]
var ptDelIterOpenSpec = &engine.Spec{
	Name: "PT.DELITER|OPEN", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 2, LastKey: 2, Step: 1,
	Group:      groupHandOut,
	Summary:    "Opens the delete iterator of a prefix, of which there is one at a time. It ends with CLOSE, after TTL (60000 ms) without NEXT, or, with ONCLOSE, with its connection.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optRange, optTTL, optOnClose},
	Reply:      "token; -INUSE while there is another",
	Run:        onPrefix(ptDelIterOpen),
}

// PT.DELITER NEXT token [COUNT n] [KEYS|RUNS]
var ptDelIterNextSpec = &engine.Spec{
	Name: "PT.DELITER|NEXT", Arity: -3, Flags: []string{"write", "fast"},
	Group:      groupHandOut,
	Summary:    "Hands out the next existing IDs and marks them as not existing.",
	Complexity: "O(n) for n IDs handed out",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argToken, optCount, optForm},
	Reply:      "ID or null; with COUNT an array; -NOTOKEN after its end",
	Run:        run(ptDelIterNext),
}

// PT.DELITER CLOSE token
var ptDelIterCloseSpec = &engine.Spec{
	Name: "PT.DELITER|CLOSE", Arity: 3, Flags: []string{"fast"},
	Group:      groupHandOut,
	Summary:    "Ends a delete iterator.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argToken},
	Reply:      "1, or 0 if it had ended",
	Run:        run(ptDelIterClose),
}

func ptDelIterOpen(c *session, p tracker.Handle, _ [][]byte) error {
	ttl := tracker.DefaultDeleterTTL
	if c.Options.Has(optTTL) {
		ttl = time.Duration(c.Options.Number(optTTL)) * time.Millisecond
	}
	token, err := p.OpenDelete(c.rangeOrAll(), ttl, c.Options.Has(optOnClose))
	if err != nil {
		return err
	}
	c.BulkString(token)
	return nil
}

func ptDelIterNext(c *session, args [][]byte) error {
	wanted := c.count(1)
	if (c.form().long(wanted, tracker.MaxPrefixLen) || c.caller.LongDelete(view(args[0]), wanted)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(16 * wanted); err != nil {
		return err
	}
	t, runs, err := c.caller.NextDelete(c.runs[:0], view(args[0]), wanted)
	if err != nil {
		return err
	}
	c.replyHandOut(t, runs)
	return nil
}

func ptDelIterClose(c *session, args [][]byte) error {
	c.Bool(c.caller.CloseDelete(view(args[0])))
	return nil
}
