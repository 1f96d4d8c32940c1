package commands

import "github.com/prefixtracker/prefixtracker/resp"

// SPOP key [count]
var setPopSpec = &Spec{
	Name: "SPOP", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Hands out existing IDs drawn at random and marks them as not existing, each to one caller only.",
	Complexity: "O(n) for n IDs, and what SRANDMEMBER costs",
	Since:      "0.1.0",
	Args:       []Arg{argKey, {Name: "count", Type: ArgInteger, Optional: true}},
	Reply:      "ID or null; with a count a set",
	Run:        onPrefix((*Commands).setPop),
}

func (x *Commands) setPop(c *resp.Conn, prefix string, args [][]byte) error {
	n, err := x.setDraws(args)
	switch {
	case err == errSyntax:
		return err
	case err != nil || n < 0: // Redis has the same text for both
		return errNotPositive
	}
	if n > fewDraws && c.LeaveLoop() {
		return errLater
	}
	s := sessionOf(c)
	t := x.trackerOrNone(c, prefix)
	ids := t.Pop(s.ids[:0], n, &s.sampler)
	s.keepIDs(ids)
	if len(args) == 0 {
		replyDraw(c, ids)
		return nil
	}
	c.Set(len(ids))
	replyMembers(c, ids)
	return nil
}

// SRANDMEMBER key [count]
var setRandMemberSpec = &Spec{
	Name: "SRANDMEMBER", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns existing IDs drawn at random, each with the same probability; with a negative count one may come several times.",
	Complexity: "O(n) for n IDs; each takes as many trials as there are IDs' room for one ID, or all together one walk over the words that have IDs, whichever is less",
	Since:      "0.1.0",
	Args:       []Arg{argKey, {Name: "count", Type: ArgInteger, Optional: true}},
	Reply:      "ID or null; with a count an array",
	Run:        onPrefix((*Commands).setRandMember),
}

func (x *Commands) setRandMember(c *resp.Conn, prefix string, args [][]byte) error {
	n, err := x.setDraws(args)
	if err != nil {
		return err
	}
	if max(n, -n) > fewDraws && c.LeaveLoop() {
		return errLater
	}
	s := sessionOf(c)
	t := x.trackerOrNone(c, prefix)
	ids := s.ids[:0]
	if n < 0 || len(args) == 0 {
		ids = t.Sample(ids, max(n, -n), &s.sampler)
	} else {
		ids = t.SampleDistinct(ids, n, &s.sampler)
	}
	s.keepIDs(ids)
	if len(args) == 0 {
		replyDraw(c, ids)
		return nil
	}
	c.Array(len(ids))
	replyMembers(c, ids)
	return nil
}

// fewDraws is how many IDs can be drawn without holding up other clients.
const fewDraws = 100

// replyDraw writes the one ID that was drawn, or null.
func replyDraw(c *resp.Conn, ids []uint64) {
	if len(ids) == 0 {
		c.Null()
	} else {
		replyMember(c, ids[0])
	}
}

// setDraws is how many IDs to draw, 1 without a count; a negative number asks
// for as many, with repetition. Both are capped at the largest COUNT.
func (x *Commands) setDraws(args [][]byte) (int, error) {
	switch {
	case len(args) == 0:
		return 1, nil
	case len(args) > 1:
		return 0, errSyntax
	}
	n, err := parseInt(args[0])
	limit := int64(x.options.MaxCount)
	return int(min(max(n, -limit), limit)), err
}
