package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// completeBash writes a function for bash from version 3.2 on, which macOS has.
// It knows all words itself: no program is started at a keystroke.
func completeBash(out io.Writer, all syntax) {
	fmt.Fprint(out, `# What bash completes behind prefixtracker; printed by "prefixtracker completion bash".

# What the flag $2 of the command $1 takes: nothing, "any" thing, "files", or words.
_prefixtracker_takes() {
    case $1:$2 in
`)
	flags := make(map[string][]string) // by what they take
	for _, c := range all {
		for _, f := range c.flags {
			if f.value.placeholder != "" {
				flags[bashTakes(f.value)] = append(flags[bashTakes(f.value)], c.name+":--"+f.name)
			}
		}
	}
	for _, takes := range slices.Sorted(maps.Keys(flags)) {
		fmt.Fprintf(out, "        %s)\n            takes='%s' ;;\n", strings.Join(flags[takes], " | \\\n        "), takes)
	}
	fmt.Fprint(out, `        *) takes= ;;
    esac
}

# The flags and the arguments of the command $1.
_prefixtracker_knows() {
    case $1 in
`)
	for _, c := range all {
		var names []string
		for _, f := range c.flags {
			names = append(names, "--"+f.name)
		}
		fmt.Fprintf(out, "        '%s') flags='%s' takes='%s' ;;\n", c.name, strings.Join(names, " "), bashTakes(c.arguments))
	}
	fmt.Fprintf(out, `    esac
}

_prefixtracker() {
    local commands=' %s '
    local cur=${COMP_WORDS[COMP_CWORD]} command= flags= takes= i word
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [ "$word" = = ] && continue # of --flag=value, which is three words here
        if [ "$takes" ]; then
            # Of yes or no, which may be left out, no command is one.
            if [ "$takes" != 'yes no' ] || [[ $word != -* && $commands != *" $word "* ]]; then
                takes=
                continue
            fi
            takes=
        fi
        case $word in
            -*) _prefixtracker_takes "$command" "$word" ;;
            *) [ ! "$command" ] && [[ $commands == *" $word "* ]] && command=$word ;;
        esac
    done
    [ "$cur" = = ] && cur=
    if [ ! "$takes" ] || [[ $takes = 'yes no' && $cur == -* ]]; then
        _prefixtracker_knows "$command"
        [[ $cur == -* ]] && takes=$flags
    fi
    case $takes in
        any) COMPREPLY=() ;;
        files) COMPREPLY=(); compopt -o default 2>/dev/null ;;
        *) COMPREPLY=($(compgen -W "$takes" -- "$cur")) ;;
    esac
}
complete -F _prefixtracker %s
`, strings.Join(all[0].arguments.words, " "), programName)
}

// bashTakes says what values are.
func bashTakes(v values) string {
	switch {
	case len(v.words) > 0:
		return strings.Join(v.words, " ")
	case v.files:
		return "files"
	case v.placeholder != "":
		return "any"
	}
	return ""
}
