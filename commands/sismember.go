package commands

import "github.com/prefixtracker/prefixtracker/resp"

// SISMEMBER key member: PT.EXISTS for tools that speak sets.
var setIsMemberSpec = &Spec{
	Name: "SISMEMBER", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Tells whether an ID exists.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []Arg{argKey, argMember}, Run: onPrefix((*Commands).setIsMember),
}

func (x *Commands) setIsMember(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := x.parseMembers(c, prefix, args)
	if err != nil {
		return err
	}
	c.Bool(x.trackerOrNone(c, prefix).Exists(ids[0]))
	return nil
}

// SMISMEMBER key member [member …]: PT.MEXISTS for tools that speak sets.
var setAreMembersSpec = &Spec{
	Name: "SMISMEMBER", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Tells of each ID whether it exists.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "array of 1 or 0",
	Args: []Arg{argKey, argMembers}, Run: onPrefix((*Commands).setAreMembers),
}

func (x *Commands) setAreMembers(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := x.parseMembers(c, prefix, args)
	if err != nil {
		return err
	}
	t := x.trackerOrNone(c, prefix)
	c.Array(len(ids))
	for _, id := range ids {
		c.Bool(t.Exists(id))
	}
	return nil
}

// SCARD key: PT.COUNT for tools that speak sets.
var setCardSpec = &Spec{
	Name: "SCARD", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Counts the IDs that exist.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number",
	Args: []Arg{argKey}, Run: onPrefix((*Commands).setCard),
}

func (x *Commands) setCard(c *resp.Conn, prefix string, _ [][]byte) error {
	c.Int(int64(x.trackerOrNone(c, prefix).Count()))
	return nil
}
