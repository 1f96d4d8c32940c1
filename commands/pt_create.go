package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	optMaxID = &engine.Arg{Name: "n", Type: engine.Integer, Token: "MAXID", Optional: true, Read: parseMaxID}
	optWidth = &engine.Arg{Name: "w", Type: engine.Integer, Token: "WIDTH", Optional: true, Read: parseWidth}
	optTag   = &engine.Arg{Name: "t", Type: engine.String, Token: "TAG", Optional: true}

	optIfNotExists = engine.Flag("IFNOTEXISTS")
)

// PT.CREATE prefix [MAXID n] [WIDTH w] [TAG t] [IFNOTEXISTS]
var ptCreateSpec = &engine.Spec{
	Name: "PT.CREATE", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Makes a tracker for a prefix, with its bound and key format. With IFNOTEXISTS it is no error that it is there with the same settings.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optMaxID, optWidth, optTag, optIfNotExists},
	Reply:      "OK",
	Run:        run(ptCreate),
}

func ptCreate(c *session, args [][]byte) error {
	if !isPrefix(args[0]) {
		return tracker.ErrInvalidPrefix
	}
	config := c.registry.Defaults()
	if c.Options.Has(optMaxID) {
		config.MaxID = c.Options.Number(optMaxID)
	}
	if c.Options.Has(optWidth) {
		config.Width = int(c.Options.Number(optWidth))
	}
	if c.Options.Has(optTag) {
		if config.Tag = string(c.Options.Word(optTag)); config.Tag == "" {
			return tracker.ErrInvalidTag
		}
	}
	t, err := c.caller.Create(view(args[0]), config)
	switch {
	case err == tracker.ErrExists && c.Options.Has(optIfNotExists):
		if t.Config() != config {
			return errOtherSettings
		}
	case err != nil:
		return err
	}
	c.OK()
	return nil
}

func parseMaxID(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.Limit)
	if !ok || n == 0 {
		return 0, tracker.ErrInvalidMaxID
	}
	return n, nil
}

func parseWidth(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.MaxWidth)
	if !ok {
		return 0, tracker.ErrInvalidWidth
	}
	return n, nil
}
