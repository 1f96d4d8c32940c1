package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/glob"
)

// CONFIG
var configSpec = &engine.Spec{
	Name: "CONFIG", Arity: -2,
	Group: groupServer, Summary: "Tells and changes the server's settings.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{configGetSpec, configResetStatSpec, configSetSpec},
}

// CONFIG GET parameter [parameter …]
var configGetSpec = &engine.Spec{
	Name: "CONFIG|GET", Arity: -3, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Returns the settings whose names match.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "map of settings",
	Args: []*engine.Arg{{Name: "parameter", Type: engine.Pattern, Multiple: true}},
	Run:  run(configGet),
}

// CONFIG SET parameter value [parameter value …]
var configSetSpec = &engine.Spec{
	Name: "CONFIG|SET", Arity: -4, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Changes settings until the server stops: all of them, or none. Who may change maxmemory: see --enable-protected-commands.",
	Complexity: "O(n) for n settings", Since: "0.1.0", Reply: "OK",
	Args: []*engine.Arg{{Name: "data", Type: engine.Block, Multiple: true, Args: []*engine.Arg{
		{Name: "parameter", Type: engine.String}, {Name: "value", Type: engine.String}}}},
	Redact: redactConfigSet,
	Run:    run(configSet),
}

// CONFIG RESETSTAT
var configResetStatSpec = &engine.Spec{
	Name: "CONFIG|RESETSTAT", Arity: 2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Sets the statistics of INFO to 0.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "OK",
	Run: run(configResetStat),
}

func configGet(c *session, patterns [][]byte) error {
	if longPattern(patterns...) && c.LeaveLoop() {
		return engine.ErrLater
	}
	var found []Setting
	for _, s := range c.config.Settings {
		i := slices.IndexFunc(patterns, func(p []byte) bool { return glob.Match(engine.Lower(p), s.Name) })
		if i < 0 {
			continue
		}
		if len(patterns[i]) == len(s.Name) && engine.Lower(patterns[i]) == s.Name {
			s.Name = string(patterns[i]) // a name is told as it was asked for
		}
		found = append(found, s)
	}
	c.Map(len(found))
	for _, s := range found {
		c.BulkString(s.Name)
		c.BulkString(s.Get())
	}
	return nil
}

func configSet(c *session, args [][]byte) error {
	if len(args)%2 != 0 {
		return engine.ErrSyntax
	}
	if longPattern(args...) && c.LeaveLoop() {
		return engine.ErrLater
	}
	var changes []func()
	seen := make(map[string]bool)
	for ; len(args) > 0; args = args[2:] {
		name := engine.Lower([]byte(engine.Clipped(args[0]))) // none is as long
		i := slices.IndexFunc(c.config.Settings, func(s Setting) bool { return s.Name == name })
		if i < 0 {
			return errConfigUnknown(args[0])
		}
		s := &c.config.Settings[i]
		switch {
		case seen[s.Name]:
			return errConfigSet(args[0], errConfigTwice)
		case s.Set == nil:
			return errConfigSet(args[0], errConfigFixed)
		case s.Protected && !c.has(c.config.Protected):
			return errConfigSet(args[0], errConfigProtected)
		}
		seen[s.Name] = true
		change, err := s.Set(string(args[1]))
		if err != nil {
			return errConfigSet(args[0], err)
		}
		changes = append(changes, change)
	}
	for _, change := range changes {
		change()
	}
	c.OK()
	return nil
}

// redactConfigSet hides passwords. That these settings cannot be changed here is found out by trying.
func redactConfigSet(words [][]byte) [][]byte {
	shown := slices.Clone(words)
	for i := 3; i < len(shown); i += 2 {
		if engine.Is(shown[i-1], "STORE") || engine.Is(shown[i-1], "REQUIREPASS") {
			shown[i] = engine.Redacted
		}
	}
	return shown
}

func configResetStat(c *session, _ [][]byte) error {
	c.Engine().ResetNumbers()
	c.ResetStats()
	c.config.Log.Reset()
	c.Log().ResetCounts()
	c.OK()
	return nil
}
