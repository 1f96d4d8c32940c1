package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.TAKENEXT prefix [COUNT n] [RANGE min max] [KEYS|RUNS]
var takeNextSpec = &Spec{
	Name: "PT.TAKENEXT", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupHandOut,
	Summary:    "Hands out the next existing IDs and marks them as not existing, each to one caller only.",
	Complexity: "O(n) for n IDs handed out, whatever the number of IDs tracked",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argCount, argRange, argForm},
	Reply:      "ID or null; with COUNT an array, empty when nothing exists",
	Run:        onPrefix((*Commands).takeNext),
}

func (x *Commands) takeNext(c *resp.Conn, prefix string, args [][]byte) error {
	var o options
	err := o.parse(args, optCount|optRange|optForm, x.options.MaxCount)
	if err != nil {
		return err
	}
	if o.form.long(o.wanted(), len(prefix)) && c.LeaveLoop() {
		return errLater
	}
	t := x.trackerOrNone(c, prefix)
	s := sessionOf(c)
	runs := t.TakeNext(s.runs[:0], o.rangeOrAll(), o.wanted())
	replyHandOut(c, t, runs, &o)
	s.keep(runs)
	return nil
}
