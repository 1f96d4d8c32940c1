package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.DELITER OPEN|NEXT|CLOSE: the exclusive delete iterator of a prefix, held
// by a token.
var delIterSpec = &Spec{
	Name: "PT.DELITER", Arity: -2, Flags: []string{"write"},
	Group:      groupHandOut,
	Summary:    "Deletes through an exclusive iterator that is held by a token.",
	Complexity: "depends on the subcommand",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs:       []*Spec{delIterOpenSpec, delIterNextSpec, delIterCloseSpec},
}

var delIterOpenSpec = &Spec{
	Name: "PT.DELITER|OPEN", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 2, LastKey: 2, Step: 1,
	Group:      groupHandOut,
	Summary:    "Opens the delete iterator of a prefix, of which there is one at a time. It ends with CLOSE, after TTL (60000 ms) without NEXT, or, with ONCLOSE, with its connection.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args: []Arg{argPrefix, argRange,
		{Name: "ms", Type: ArgInteger, Token: "TTL", Optional: true},
		{Name: "onclose", Type: ArgPureToken, Token: "ONCLOSE", Optional: true}},
	Reply: "token; -INUSE while there is another",
	Run:   onPrefix((*Commands).delIterOpen),
}

var delIterNextSpec = &Spec{
	Name: "PT.DELITER|NEXT", Arity: -3, Flags: []string{"write", "fast"},
	Group:      groupHandOut,
	Summary:    "Hands out the next existing IDs and marks them as not existing.",
	Complexity: "O(n) for n IDs handed out",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "token", Type: ArgString}, argCount, argForm},
	Reply:      "ID or null; with COUNT an array; -NOTOKEN after its end",
	Run:        (*Commands).delIterNext,
}

var delIterCloseSpec = &Spec{
	Name: "PT.DELITER|CLOSE", Arity: 3, Flags: []string{"fast"},
	Group:      groupHandOut,
	Summary:    "Ends a delete iterator.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "token", Type: ArgString}},
	Reply:      "1, or 0 if it had ended",
	Run:        (*Commands).delIterClose,
}

const maxTTL = 1<<53 - 1 // milliseconds; far beyond any use, and no overflow

func (x *Commands) delIterOpen(c *resp.Conn, prefix string, args [][]byte) error {
	var o options
	err := o.parse(args, optRange|optTTL|optOnClose, x.options.MaxCount)
	if err != nil {
		return err
	}
	ttl := tracker.DefaultDeleterTTL
	if o.has(optTTL) {
		ttl = o.ttl
	}
	t := x.tracker(c, prefix)
	if t == nil {
		return errNoSuchPrefix // there is nothing to be exclusive about
	}
	token, err := x.deleters.Open(t, o.rangeOrAll(), ttl)
	if err != nil {
		return err
	}
	if o.has(optOnClose) {
		c.OnClose(func() { x.deleters.Close(token) })
	}
	c.BulkString(token)
	return nil
}

func (x *Commands) delIterNext(c *resp.Conn, args [][]byte) error {
	var o options
	err := o.parse(args[1:], optCount|optForm, x.options.MaxCount)
	if err != nil {
		return err
	}
	if o.form.long(o.wanted(), tracker.MaxPrefixLen) && c.LeaveLoop() {
		return errLater
	}
	s := sessionOf(c)
	t, runs, err := x.deleters.Next(s.runs[:0], view(args[0]), o.wanted())
	if err != nil {
		return err
	}
	x.caches.changed(c, t.Prefix())
	replyHandOut(c, t, runs, &o)
	s.keep(runs)
	return nil
}

func (x *Commands) delIterClose(c *resp.Conn, args [][]byte) error {
	c.Bool(x.deleters.Close(view(args[0])))
	return nil
}

// parseTTL reads a positive number of milliseconds.
func parseTTL(b []byte) (time.Duration, error) {
	ms, ok := parseUint(b, maxTTL/1000)
	if !ok || ms == 0 {
		return 0, errInvalidTTL
	}
	return time.Duration(ms) * time.Millisecond, nil
}
