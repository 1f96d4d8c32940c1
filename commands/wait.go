package commands

import "github.com/prefixtracker/prefixtracker/engine"

// WAIT numreplicas timeout
var waitSpec = &engine.Spec{
	Name: "WAIT", Arity: 3, Flags: []string{"fast"},
	Group: groupServer, Categories: []string{"connection"},
	Summary:    "Tells at once that no replica has anything: there are none.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "numreplicas", Type: engine.Integer}, {Name: "timeout", Type: engine.Integer}},
	Reply:      "0",
	Run:        run(wait),
}

func wait(c *session, args [][]byte) error {
	if _, err := parseInt(args[0]); err != nil {
		return err
	}
	if _, err := parseTimeout(args[1]); err != nil {
		return err
	}
	c.Int(0)
	return nil
}
