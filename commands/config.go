package commands

import (
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// CONFIG GET pattern [pattern …]
var configSpec = &Spec{
	Name: "CONFIG", Arity: -2,
	Group: groupServer, Summary: "Tells the server's settings.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{configGetSpec},
}

var configGetSpec = &Spec{
	Name: "CONFIG|GET", Arity: -3, Flags: []string{"readonly"},
	Group: groupServer, Summary: "Returns the settings whose names match.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "map of settings",
	Args: []Arg{{Name: "parameter", Type: ArgPattern, Multiple: true}},
	Run:  (*Commands).configGet,
}

// settings are what holds of this server in the names that Redis has for it.
func (x *Commands) settings() [][2]string {
	return [][2]string{
		{"appendonly", "no"},
		{"databases", "1"},
		{"maxmemory", strconv.FormatInt(x.registry.Budget().Limit(), 10)},
		{"maxmemory-policy", "noeviction"},
		{"save", ""},
		{"timeout", "0"},
	}
}

func (x *Commands) configGet(c *resp.Conn, args [][]byte) error {
	var found [][2]string
	for _, s := range x.settings() {
		for _, pattern := range args {
			if glob(strings.ToLower(view(pattern)), s[0]) {
				found = append(found, s)
				break
			}
		}
	}
	c.Map(len(found))
	for _, s := range found {
		c.BulkString(s[0])
		c.BulkString(s[1])
	}
	return nil
}
