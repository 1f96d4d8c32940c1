package cli

import (
	"strings"

	urfave "github.com/urfave/cli/v2"
)

// syntax is what can be typed behind the name of the program, for those who
// complete it and describe it. The first is that without a command.
type syntax []commandSyntax

type commandSyntax struct {
	name, usage, description string
	arguments                values
	flags                    []flagSyntax
}

type flagSyntax struct {
	name, usage string
	value       values
	mayLack     bool // the value
	setting     bool
}

// values are those of a flag, or the arguments of a command, as the placeholder
// of --help says: alternatives with | between them. Words in small letters are
// meant as they are; FILE, PATH, DIR and COMMAND are what they say.
type values struct {
	placeholder string // "" for none
	words       []string
	files       bool
}

func syntaxOf(app *urfave.App) syntax {
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
	}
	all := syntax{{usage: app.Usage, arguments: valuesOf("[COMMAND]", names), flags: flagsOf(app.Flags)}}
	for _, c := range app.Commands {
		all = append(all, commandSyntax{c.Name, c.Usage, c.Description, valuesOf(c.ArgsUsage, names), flagsOf(c.Flags)})
	}
	return all
}

// flagsOf are flags with the one that all commands have.
func flagsOf(flags []urfave.Flag) []flagSyntax {
	var all []flagSyntax
	help := false
	for _, f := range flags {
		of := flagOf(f)
		help = help || of.name == helpName
		all = append(all, of)
	}
	if !help {
		all = append(all, flagOf(urfave.HelpFlag))
	}
	return all
}

const helpName = "help"

func flagOf(f urfave.Flag) flagSyntax {
	if f, ok := f.(*rowFlag); ok {
		return flagSyntax{f.row.flag, f.row.usage, valuesOf(f.row.value.placeholder, nil), f.row.value.yesNo, true}
	}
	of := flagSyntax{name: f.Names()[0]}
	if f, ok := f.(urfave.DocGenerationFlag); ok {
		// The library's way to name a value is to quote it in the usage.
		before, rest, _ := strings.Cut(f.GetUsage(), "`")
		placeholder, after, quoted := strings.Cut(rest, "`")
		of.usage = before + placeholder + after
		switch {
		case !f.TakesValue():
		case quoted:
			of.value = valuesOf(placeholder, nil)
		default:
			of.value = valuesOf("VALUE", nil)
		}
	}
	return of
}

func valuesOf(placeholder string, commands []string) values {
	v := values{placeholder: placeholder}
	for alternative := range strings.SplitSeq(strings.Trim(placeholder, "[]"), "|") {
		switch alternative {
		case "", "-": // there is no placeholder, or nothing that is less to type
		case "FILE", "PATH", "DIR":
			v.files = true
		case "COMMAND":
			v.words = append(v.words, commands...)
		case strings.ToLower(alternative):
			v.words = append(v.words, alternative)
		}
	}
	return v
}
