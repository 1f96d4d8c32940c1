package commands

import "github.com/prefixtracker/prefixtracker/resp"

// WAIT numreplicas timeout
var waitSpec = &Spec{
	Name: "WAIT", Arity: 3, Flags: []string{"fast"},
	Group:      groupServer,
	Summary:    "Tells at once that no replica has anything: there are none.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "numreplicas", Type: ArgInteger}, {Name: "timeout", Type: ArgInteger}},
	Reply:      "0",
	Run:        (*Commands).wait,
}

func (x *Commands) wait(c *resp.Conn, args [][]byte) error {
	if _, ok := parseUint(args[0], maxInt64); !ok {
		return errNotInteger
	}
	if _, ok := parseUint(args[1], maxInt64); !ok {
		return errTimeout
	}
	c.Int(0)
	return nil
}
