package commands

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CONFIG GET|SET|RESETSTAT
var configSpec = &Spec{
	Name: "CONFIG", Arity: -2,
	Group: groupServer, Summary: "Tells and changes the server's settings.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{configGetSpec, configResetStatSpec, configSetSpec},
}

var configGetSpec = &Spec{
	Name: "CONFIG|GET", Arity: -3, Flags: []string{"admin"},
	Group: groupServer, Summary: "Returns the settings whose names match.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "map of settings",
	Args: []Arg{{Name: "parameter", Type: ArgPattern, Multiple: true}},
	Run:  (*Commands).configGet,
}

var configSetSpec = &Spec{
	Name: "CONFIG|SET", Arity: -4, Flags: []string{"admin"},
	Group: groupServer, Summary: "Changes settings until the server stops: all of them, or none.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "OK",
	Args: []Arg{{Name: "data", Type: ArgBlock, Multiple: true, Args: []Arg{
		{Name: "parameter", Type: ArgString}, {Name: "value", Type: ArgString}}}},
	Run: (*Commands).configSet,
}

var configResetStatSpec = &Spec{
	Name: "CONFIG|RESETSTAT", Arity: 2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Sets the statistics of INFO to 0.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "OK",
	Run: (*Commands).configResetStat,
}

func (x *Commands) configGet(c *resp.Conn, args [][]byte) error {
	if longPattern(args) && c.LeaveLoop() {
		return errLater
	}
	var found []setting
	for _, s := range settings {
		for _, pattern := range args {
			if glob(strings.ToLower(view(pattern)), s.name) {
				found = append(found, s)
				break
			}
		}
	}
	c.Map(len(found))
	for _, s := range found {
		c.BulkString(s.name)
		c.BulkString(s.get(x))
	}
	return nil
}

func (x *Commands) configSet(c *resp.Conn, args [][]byte) error {
	if len(args)%2 != 0 {
		return errArity("CONFIG|SET")
	}
	var changes []func(*Commands)
	seen := make(map[string]bool)
	for ; len(args) > 0; args = args[2:] {
		s := settingNamed(args[0])
		switch {
		case s == nil:
			return errConfigUnknown(args[0])
		case seen[s.name]:
			return errConfigSet(args[0], errConfigTwice)
		case s.set == nil:
			return errConfigSet(args[0], errConfigFixed)
		}
		seen[s.name] = true
		change, why := s.set(view(args[1]))
		if why != "" {
			return errConfigSet(args[0], why)
		}
		changes = append(changes, change)
	}
	for _, change := range changes {
		change(x)
	}
	c.OK()
	return nil
}

func (x *Commands) configResetStat(c *resp.Conn, _ [][]byte) error {
	for i := range x.metrics {
		x.metrics[i].reset()
	}
	x.errors.reset()
	c.ResetStats()
	c.OK()
	return nil
}
