package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CREATE prefix [MAXID n] [WIDTH w] [TAG t]
var createSpec = &Spec{
	Name: "PT.CREATE", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Makes a tracker for a prefix, with its bound and key format.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args: []Arg{argPrefix,
		{Name: "n", Type: ArgInteger, Token: "MAXID", Optional: true},
		{Name: "w", Type: ArgInteger, Token: "WIDTH", Optional: true},
		{Name: "t", Type: ArgString, Token: "TAG", Optional: true}},
	Reply: "OK",
	Run:   onPrefix((*Commands).create),
}

func (x *Commands) create(c *resp.Conn, prefix string, args [][]byte) error {
	config, err := parseConfig(args, x.registry.Defaults())
	if err != nil {
		return err
	}
	if _, err := x.registry.Create(prefix, config); err != nil {
		return err
	}
	c.OK()
	return nil
}

// parseConfig reads the options of PT.CREATE over the defaults.
func parseConfig(args [][]byte, config tracker.Config) (tracker.Config, error) {
	var maxID, width, tag bool
	for ; len(args) > 0; args = args[2:] {
		if len(args) == 1 {
			return config, errSyntax
		}
		word, value := args[0], args[1]
		switch {
		case is(word, "MAXID") && !maxID:
			n, ok := parseUint(value, tracker.Limit)
			if !ok || n == 0 {
				return config, tracker.ErrInvalidMaxID
			}
			maxID, config.MaxID = true, n
		case is(word, "WIDTH") && !width:
			n, ok := parseUint(value, tracker.MaxWidth)
			if !ok {
				return config, tracker.ErrInvalidWidth
			}
			width, config.Width = true, int(n)
		case is(word, "TAG") && !tag:
			if len(value) == 0 {
				return config, tracker.ErrInvalidTag
			}
			tag, config.Tag = true, string(value)
		default:
			return config, errSyntax
		}
	}
	return config, config.Check()
}
