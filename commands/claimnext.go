package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CLAIMNEXT prefix [COUNT n] [RANGE min max] [KEYS|RUNS]
var claimNextSpec = &Spec{
	Name: "PT.CLAIMNEXT", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupHandOut,
	Summary:    "Hands out the next free IDs and marks them as existing, each to one caller only.",
	Complexity: "O(n) for n IDs handed out, whatever the number of IDs tracked",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argCount, argRange, argForm},
	Reply:      "ID or null; with COUNT an array, empty when nothing is free",
	Run:        onPrefix((*Commands).claimNext),
}

func (x *Commands) claimNext(c *resp.Conn, prefix string, args [][]byte) error {
	var o options
	err := o.parse(args, optCount|optRange|optForm, x.options.MaxCount)
	if err != nil {
		return err
	}
	if o.form.long(o.wanted(), len(prefix)) && c.LeaveLoop() {
		return errLater
	}
	t, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error { return t.SecureClaim(o.rangeOrAll()) })
	if err != nil {
		return err
	}
	s := sessionOf(c)
	runs, err := t.ClaimNext(s.runs[:0], o.rangeOrAll(), o.wanted())
	if err != nil {
		return err
	}
	replyHandOut(c, t, runs, &o)
	s.keep(runs)
	return nil
}
