package engine

import (
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/observe"
)

// Command is a Spec as an engine executes it, with what is derived from it, its
// subcommands and its numbers.
type Command struct {
	*Spec
	// Lower is the name in lower case.
	Lower string
	// Subs are the subcommands that one can look up; Help is the one that lists
	// them, nil without subcommands.
	Subs []*Command
	Help *Command

	options *optionTable // nil without keyword options
	subs    index
	// The flags of those names.
	fast, reads, writes bool
	loading             bool // it needs nothing that is yet to be read
	hidden              bool // MONITOR does not show it: it is an operator's
	anybody             bool // clients that have not authenticated may use it
	noMulti             bool // it cannot be queued: it has no reply for EXEC to pass on
	numbers             numbers
}

func newCommand(s *Spec) *Command {
	c := &Command{
		Spec: s, Lower: strings.ToLower(s.Name), options: newOptionTable(s),
		fast:    slices.Contains(s.Flags, "fast"),
		reads:   slices.Contains(s.Flags, "readonly"),
		writes:  slices.Contains(s.Flags, "write"),
		loading: slices.Contains(s.Flags, "loading"),
		hidden:  slices.Contains(s.Flags, "admin"),
		anybody: slices.Contains(s.Flags, "no_auth"),
		noMulti: slices.Contains(s.Flags, "no_multi"),
	}
	if s.Subs == nil {
		return c
	}
	for _, sub := range s.Subs {
		c.Subs = append(c.Subs, newCommand(sub))
	}
	c.Help = newCommand(helpSpec(s))
	c.subs = newIndex(append(slices.Clone(c.Subs), c.Help))
	return c
}

// helpSpec is the subcommand that lists the others, as Redis's HELP does.
func helpSpec(s *Spec) *Spec {
	return &Spec{Name: s.Name + "|HELP", Arity: 2, Flags: []string{"loading"}, Group: s.Group, Categories: s.Categories, Run: func(c *Session, _ [][]byte) error {
		c.Array(1 + 2*len(s.Subs))
		c.SimpleString(s.Name + " <subcommand> [<arg> [value] ...]. Subcommands are:")
		for _, sub := range s.Subs {
			c.SimpleString(strings.TrimPrefix(sub.Syntax(), s.Name+" "))
			c.SimpleString("    " + sub.Summary)
		}
		return nil
	}}
}

// numbers are those of one command over all connections.
type numbers = observe.CommandCounters

// Find returns the subcommand with that name, nil if there is none.
func (c *Command) Find(name []byte) *Command { return c.subs.find(name) }

// Numbers returns what the command has done so far.
func (c *Command) Numbers() *observe.CommandCounters { return &c.numbers }

// spelling returns word, a name of the command in any letters, if that is in
// upper or lower case, without allocating; else "", which no word is.
func (c *Command) spelling(word []byte) string {
	switch {
	case string(word) == c.Name:
		return c.Name
	case string(word) == c.Lower:
		return c.Lower
	}
	return ""
}

// quick tells whether a command of n words is done in about as long as a look
// at the clock takes.
func (c *Command) quick(n int) bool { return c.fast && c.short(n) }

// redacted returns the words as others may see them.
func (c *Command) redacted(words [][]byte) [][]byte {
	if c.Redact == nil {
		return words
	}
	return c.Redact(words)
}

// HasOptions tells whether the command has keyword options.
func (c *Command) HasOptions() bool { return c.options != nil }
