package cli

import (
	"fmt"
	"io"
	"strings"
)

// completeZsh writes a function for zsh, which may be sourced or lie among those
// that zsh loads by name.
func completeZsh(out io.Writer, all syntax) {
	fmt.Fprint(out, `#compdef prefixtracker
# What zsh completes behind prefixtracker; printed by "prefixtracker completion zsh".

_prefixtracker() {
    local context state state_descr line
    typeset -A opt_args
    local -a commands
    commands=(
`)
	for _, c := range all[1:] {
		fmt.Fprintf(out, "        %s\n", zshQuoted(zshColons(c.name)+":"+zshColons(c.usage)))
	}
	fmt.Fprint(out, "    )\n    _arguments")
	zshFlags(out, all[0].flags, "        ")
	fmt.Fprint(out, ` \
        '1: :->command' \
        '*:: :->rest'
    case $state in
        command) _describe command commands ;;
        rest)
            case $words[1] in
`)
	for _, c := range all[1:] {
		fmt.Fprintf(out, "                %s)\n                    _arguments", c.name)
		zshFlags(out, c.flags, "                        ")
		if action := zshAction(c.arguments); c.arguments.placeholder != "" {
			fmt.Fprintf(out, " \\\n                        %s", zshQuoted("1"+action))
		}
		fmt.Fprint(out, "\n                    ;;\n")
	}
	fmt.Fprintf(out, `            esac
            ;;
    esac
}

# Loaded by name it is called at once; sourced it waits.
if [ "$funcstack[1]" = _%s ]; then
    _%s "$@"
else
    compdef _%s %s
fi
`, programName, programName, programName, programName)
}

func zshFlags(out io.Writer, flags []flagSyntax, indent string) {
	brackets := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)
	for _, f := range flags {
		spec := "--" + f.name
		if f.value.placeholder != "" {
			spec += "="
		}
		spec += "[" + brackets.Replace(f.usage) + "]"
		if f.mayLack {
			spec += ":"
		}
		fmt.Fprintf(out, " \\\n%s%s", indent, zshQuoted(spec+zshAction(f.value)))
	}
}

// zshAction is how values are called and what they are.
func zshAction(v values) string {
	if v.placeholder == "" {
		return ""
	}
	action := " " // nothing is proposed
	switch {
	case len(v.words) > 0:
		action = "(" + strings.Join(v.words, " ") + ")"
	case v.files:
		action = "_files"
	}
	return ":" + zshColons(v.placeholder) + ":" + action
}

func zshColons(text string) string { return strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace(text) }

func zshQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
