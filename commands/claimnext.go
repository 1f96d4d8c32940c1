package commands

import "github.com/prefixtracker/prefixtracker/resp"

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
	Run:        (*Commands).claimNext,
}

func (x *Commands) claimNext(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	o, err := parseOptions(args[1:], optCount|optRange|optForm, x.options.MaxCount)
	if err != nil {
		fail(c, err)
		return
	}
	t, err := x.registry.GetOrCreate(prefix)
	if err != nil {
		fail(c, err)
		return
	}

	s := sessionOf(c)
	runs, err := t.ClaimNext(s.runs[:0], o.rangeOr(t), o.wanted())
	if err != nil {
		fail(c, err)
		return
	}
	replyHandOut(c, t, runs, &o)
	s.keep(runs)
}
