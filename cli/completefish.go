package cli

import (
	"fmt"
	"io"
	"strings"
)

// completeFish writes fish's lines.
func completeFish(out io.Writer, all syntax) {
	commands := all[0].arguments.words
	fmt.Fprintf(out, `# What fish completes behind prefixtracker; printed by "prefixtracker completion fish".
set -l commands %s
complete -c %s -f
`, strings.Join(commands, " "), programName)
	for _, c := range all {
		when := "not __fish_seen_subcommand_from $commands"
		if c.name != "" {
			when = "__fish_seen_subcommand_from " + c.name
		}
		line := func(format string, a ...any) {
			fmt.Fprintf(out, "complete -c %s -n \"%s\" %s\n", programName, when, fmt.Sprintf(format, a...))
		}
		switch {
		case c.name == "":
			for _, command := range all[1:] {
				line("-a %s -d %s", command.name, fishQuoted(command.usage))
			}
		case len(c.arguments.words) > 0:
			line("-a %s", fishQuoted(strings.Join(c.arguments.words, " ")))
		case c.arguments.files:
			line("-F")
		}
		for _, f := range c.flags {
			line("-l %s%s -d %s", f.name, fishValue(f.value), fishQuoted(f.usage))
		}
	}
}

// fishValue says what a flag takes.
func fishValue(v values) string {
	switch {
	case len(v.words) > 0:
		return " -x -a " + fishQuoted(strings.Join(v.words, " "))
	case v.files:
		return " -r -F"
	case v.placeholder != "":
		return " -x"
	}
	return ""
}

func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
