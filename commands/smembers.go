package commands

import "github.com/prefixtracker/prefixtracker/resp"

// SMEMBERS key
var setMembersSpec = &Spec{
	Name: "SMEMBERS", Arity: 2, Flags: []string{"readonly"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns all IDs that exist, ascending.",
	Complexity: "O(n) for n IDs; 16 bytes of memory for each run of IDs",
	Since:      "0.1.0",
	Args:       []Arg{argKey},
	Reply:      "set of IDs; -OOM while the memory limit has no room to collect them",
	Run:        onPrefix((*Commands).setMembers),
}

func (x *Commands) setMembers(c *resp.Conn, prefix string, _ [][]byte) error {
	s := sessionOf(c)
	all, err := x.trackerOrNone(c, prefix).Snapshot(s.runs)
	if err != nil {
		return err
	}
	defer func() { s.keep(all.Close()) }()
	c.Set(int(all.Len()))
	lines := newIDLines(s, nil, asMembers)
	n := 0
	for r := range all.Runs() {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if n++; n%goneEvery == 0 && c.Gone() {
				return nil
			}
			lines.write(c, id)
		}
	}
	return nil
}

// goneEvery is how many elements of a long reply are made between two looks at
// whether somebody still wants them.
const goneEvery = 1024
