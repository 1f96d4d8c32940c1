package integration_test

import (
	"slices"
	"strings"
	"testing"
)

// A test over the spec table asks the server for all its commands and writes them in forms of its own:
// a new command is in it by itself.

// documented is a command or a subcommand, as COMMAND DOCS has it: "pt.add", "client|kill".
type documented struct {
	name, group string
	args        []*argument
}

type argument struct {
	name, kind, token  string
	optional, multiple bool
	args               []*argument // the choices of a oneof, the parts of a block
}

// form makes up what the documentation of a command leaves open.
type form interface {
	wants(a *argument, place int) bool // an optional one; place is -1 for one within another
	choose(among []*argument) int
	times(a *argument) int
	word(a *argument, i int) string // the i-th of an argument
}

func documentedCommands(t *testing.T, c *client) (all []documented) {
	t.Helper()
	var add func(docs reply)
	add = func(docs reply) {
		for i := 0; i+1 < len(docs.items); i += 2 {
			doc := docs.items[i+1]
			all = append(all, documented{docs.items[i].text, doc.lookUp("group").text, arguments(doc.lookUp("arguments"))})
			add(doc.lookUp("subcommands"))
		}
	}
	add(c.mustReply(t, "COMMAND", "DOCS"))
	if len(all) == 0 {
		t.Fatal("COMMAND DOCS has no commands")
	}
	return all
}

func arguments(docs reply) []*argument {
	all := make([]*argument, len(docs.items))
	for i, doc := range docs.items {
		flags := doc.lookUp("flags").texts()
		all[i] = &argument{
			name: doc.lookUp("name").text, kind: doc.lookUp("type").text, token: doc.lookUp("token").text,
			optional: slices.Contains(flags, "optional"), multiple: slices.Contains(flags, "multiple"),
			args: arguments(doc.lookUp("arguments")),
		}
	}
	return all
}

// lookUp is field for what may be missing: it is a null then.
func (r reply) lookUp(name string) reply {
	for i := 0; i+1 < len(r.items); i += 2 {
		if r.items[i].text == name {
			return r.items[i+1]
		}
	}
	return reply{}
}

// takes tells whether there is an argument of that kind.
func (d documented) takes(kind string) bool {
	return slices.ContainsFunc(d.args, func(a *argument) bool { return a.kind == kind })
}

// write returns the words of the command.
func (d documented) write(f form) []string {
	line := strings.Split(strings.ToUpper(d.name), "|")
	for i, a := range d.args {
		if !a.optional || f.wants(a, i) {
			line = append(line, a.write(f)...)
		}
	}
	return line
}

func (a *argument) write(f form) (line []string) {
	for i := range f.times(a) {
		if a.token != "" && a.kind != "pure-token" {
			line = append(line, a.token)
		}
		switch a.kind {
		case "oneof":
			line = append(line, a.args[f.choose(a.args)].write(f)...)
		case "block":
			for _, part := range a.args {
				if !part.optional || f.wants(part, -1) {
					line = append(line, part.write(f)...)
				}
			}
		case "pure-token":
			line = append(line, a.token)
		default:
			line = append(line, f.word(a, i))
		}
	}
	return line
}
