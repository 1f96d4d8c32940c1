package commands

import (
	"bytes"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// COMMAND [COUNT|DOCS|INFO|LIST]: everything from the table.
var commandSpec = &Spec{
	Name: "COMMAND", Arity: -1,
	Group: groupServer, Summary: "Describes the commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of descriptions",
	Run:  (*Commands).commandInfo,
	Subs: []*Spec{commandCountSpec, commandDocsSpec, commandGetKeysSpec, commandInfoSpec, commandListSpec},
}

var commandCountSpec = &Spec{
	Name: "COMMAND|COUNT", Arity: 2, Flags: []string{"fast"},
	Group: groupServer, Summary: "Returns the number of commands.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number",
	Run: (*Commands).commandCount,
}

var commandDocsSpec = &Spec{
	Name: "COMMAND|DOCS", Arity: -2,
	Group: groupServer, Summary: "Returns the documentation of commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "map of documentation",
	Args: []Arg{{Name: "command-name", Type: ArgString, Optional: true, Multiple: true}},
	Run:  (*Commands).commandDocs,
}

var commandGetKeysSpec = &Spec{
	Name: "COMMAND|GETKEYS", Arity: -4,
	Group: groupServer, Summary: "Returns the keys among a command's arguments.",
	Complexity: "O(n) for n arguments", Since: "0.1.0", Reply: "array of keys",
	Args: []Arg{{Name: "command", Type: ArgString}, {Name: "arg", Type: ArgString, Optional: true, Multiple: true}},
	Run:  (*Commands).commandGetKeys,
}

var commandInfoSpec = &Spec{
	Name: "COMMAND|INFO", Arity: -2,
	Group: groupServer, Summary: "Returns the descriptions of commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of descriptions",
	Args: []Arg{{Name: "command-name", Type: ArgString, Optional: true, Multiple: true}},
	Run:  (*Commands).commandInfo,
}

// COMMAND LIST [FILTERBY MODULE name|ACLCAT category|PATTERN pattern]
var commandListSpec = &Spec{
	Name: "COMMAND|LIST", Arity: -2,
	Group: groupServer, Summary: "Returns the names of all commands, or of those that match.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of names",
	Args: []Arg{{Name: "filterby", Type: ArgOneOf, Token: "FILTERBY", Optional: true, Args: []Arg{
		{Name: "module-name", Type: ArgString, Token: "MODULE"},
		{Name: "category", Type: ArgString, Token: "ACLCAT"},
		{Name: "pattern", Type: ArgPattern, Token: "PATTERN"}}}},
	Run: (*Commands).commandList,
}

func (x *Commands) commandCount(c *resp.Conn, _ [][]byte) error {
	c.Int(int64(len(x.specs)))
	return nil
}

func (x *Commands) commandList(c *resp.Conn, args [][]byte) error {
	matches := func(*Spec) bool { return true }
	switch {
	case len(args) == 0:
	case len(args) != 3 || !is(args[0], "FILTERBY"):
		return errSyntax
	case is(args[1], "MODULE"): // there are none
		matches = func(*Spec) bool { return false }
	case is(args[1], "ACLCAT"):
		matches = func(s *Spec) bool { return strings.EqualFold(s.docGroup(), view(args[2])) }
	case is(args[1], "PATTERN"):
		if longPattern(args[2:]) && c.LeaveLoop() {
			return errLater
		}
		pattern := strings.ToLower(view(args[2]))
		matches = func(s *Spec) bool { return glob(pattern, s.lower) }
	default:
		return errSyntax
	}
	var names []string
	add := func(s *Spec) {
		if matches(s) {
			names = append(names, s.lower)
		}
	}
	if len(args) == 0 {
		for _, s := range x.specs {
			add(s)
		}
	} else {
		each(x.specs, add)
	}
	c.Array(len(names))
	for _, name := range names {
		c.BulkString(name)
	}
	return nil
}

func (x *Commands) commandGetKeys(c *resp.Conn, args [][]byte) error {
	spec := x.index.find(args[0])
	if spec == nil {
		return errNotACommand
	}
	if spec.Subs != nil && len(args) > 1 {
		if sub := x.subs[spec].find(args[1]); sub != nil {
			spec = sub
		}
	}
	if spec.FirstKey == 0 {
		return errNoKeys
	}
	if !spec.accepts(len(args)) {
		return errWrongArgumentNumber
	}
	keys := slices.Collect(spec.keys(args))
	c.Array(len(keys))
	for _, key := range keys {
		c.Bulk(key)
	}
	return nil
}

// named returns the specs of names, nil for unknown ones; all without names.
func (x *Commands) named(names [][]byte) []*Spec {
	if len(names) == 0 {
		return x.specs
	}
	specs := make([]*Spec, len(names))
	for i, name := range names {
		specs[i] = x.lookup(name)
	}
	return specs
}

// lookup returns the command, or the subcommand "client|id"; nil if there is
// none.
func (x *Commands) lookup(name []byte) *Spec {
	first, second, isSub := bytes.Cut(name, []byte("|"))
	spec := x.index.find(first)
	if spec == nil || !isSub {
		return spec
	}
	return x.subs[spec].find(second)
}

// known returns the commands of names with their subcommands, each once,
// without the names that are unknown; all without names.
func (x *Commands) known(names [][]byte) []*Spec {
	var specs []*Spec
	seen := make([]bool, len(x.metrics)) // by Spec.index
	for _, s := range x.named(names) {
		if s == nil {
			continue
		}
		eachCounted([]*Spec{s}, func(s *Spec) {
			if !seen[s.index] {
				seen[s.index] = true
				specs = append(specs, s)
			}
		})
	}
	return specs
}

// fewNames is how many commands can be described without holding up other
// clients: a description is some thousand times as long as the name.
const fewNames = 100

func (x *Commands) commandInfo(c *resp.Conn, names [][]byte) error {
	if len(names) > fewNames && c.LeaveLoop() {
		return errLater
	}
	specs := x.named(names)
	c.Array(len(specs))
	for _, s := range specs {
		if c.Gone() {
			return nil
		}
		if s == nil {
			c.Null()
			continue
		}
		s.replyInfo(c)
	}
	return nil
}

// replyInfo writes the ten fields of COMMAND INFO.
func (s *Spec) replyInfo(c *resp.Conn) {
	c.Array(10)
	c.BulkString(s.lower)
	c.Int(int64(s.Arity))
	c.Set(len(s.Flags))
	for _, f := range s.Flags {
		c.SimpleString(f)
	}
	c.Int(int64(s.FirstKey))
	c.Int(int64(s.LastKey))
	c.Int(int64(s.Step))
	c.Set(1)
	c.SimpleString("@" + s.docGroup())
	c.Array(0) // tips
	c.Array(0) // key specifications
	c.Array(len(s.Subs))
	for _, sub := range s.Subs {
		sub.replyInfo(c)
	}
}

func (x *Commands) commandDocs(c *resp.Conn, names [][]byte) error {
	if len(names) > fewNames && c.LeaveLoop() {
		return errLater
	}
	var specs []*Spec
	for _, s := range x.named(names) {
		if s != nil {
			specs = append(specs, s)
		}
	}
	c.Map(len(specs))
	for _, s := range specs {
		if c.Gone() {
			return nil
		}
		s.replyDocs(c)
	}
	return nil
}

// docGroup is the group in COMMAND DOCS: one for all of our own commands, so
// that "help @prefixtracker" shows them together.
func (s *Spec) docGroup() string {
	if strings.HasPrefix(s.Name, "PT.") {
		return "prefixtracker"
	}
	return s.Group
}

// replyDocs writes the name and the documentation. redis-cli asserts the types:
// keys are bulk strings, flags simple ones.
func (s *Spec) replyDocs(c *resp.Conn) {
	fields := 4
	if len(s.Args) > 0 {
		fields++
	}
	if len(s.Subs) > 0 {
		fields++
	}
	c.BulkString(s.lower)
	c.Map(fields)
	for _, f := range [][2]string{
		{"summary", s.Summary}, {"since", s.Since}, {"group", s.docGroup()}, {"complexity", s.Complexity},
	} {
		c.BulkString(f[0])
		c.BulkString(f[1])
	}
	if len(s.Args) > 0 {
		c.BulkString("arguments")
		replyArgs(c, s.Args)
	}
	if len(s.Subs) > 0 {
		c.BulkString("subcommands")
		c.Map(len(s.Subs))
		for _, sub := range s.Subs {
			sub.replyDocs(c)
		}
	}
}

func replyArgs(c *resp.Conn, args []Arg) {
	c.Array(len(args))
	for _, a := range args {
		fields := 2
		var flags []string
		if a.Optional {
			flags = append(flags, "optional")
		}
		if a.Multiple {
			flags = append(flags, "multiple")
		}
		leaf := len(a.Args) == 0
		for _, has := range []bool{leaf, a.Token != "", len(flags) > 0, !leaf} {
			if has {
				fields++
			}
		}
		c.Map(fields)
		c.BulkString("name")
		c.BulkString(a.Name)
		c.BulkString("type")
		c.BulkString(string(a.Type))
		if leaf {
			c.BulkString("display_text")
			c.BulkString(a.Name)
		}
		if a.Token != "" {
			c.BulkString("token")
			c.BulkString(a.Token)
		}
		if len(flags) > 0 {
			c.BulkString("flags")
			c.Set(len(flags))
			for _, f := range flags {
				c.SimpleString(f)
			}
		}
		if !leaf {
			c.BulkString("arguments")
			replyArgs(c, a.Args)
		}
	}
}
