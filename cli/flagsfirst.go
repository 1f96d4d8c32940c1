package cli

import (
	"slices"
	"strings"
)

// flagsFirst puts the flags behind run before its phases: who adds a flag to a line types it at the end, and the parser
// takes no flag behind the first word that is none. Behind -- all are words.
func flagsFirst(all syntax, args []string) []string {
	at := commandAt(all[0], args)
	if at == len(args) || args[at] != runName {
		return args
	}
	run := slices.IndexFunc(all, func(c commandSyntax) bool { return c.name == runName })
	flags, words := slices.Clone(args[:at+1]), []string(nil)
	for i := at + 1; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--":
			return slices.Concat(flags, []string{word}, words, args[i+1:])
		case word == standard || !strings.HasPrefix(word, "-"):
			words = append(words, word)
		default:
			flags = append(flags, word)
			if all[run].takesValue(word) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return append(flags, words...)
}

// commandAt is where the command stands among the arguments, whose first is the program's name.
func commandAt(before commandSyntax, args []string) int {
	at := min(1, len(args))
	for at < len(args) && strings.HasPrefix(args[at], "-") {
		if before.takesValue(args[at]) {
			at++
		}
		at++
	}
	return min(at, len(args))
}

// takesValue tells whether a word is a flag whose value is the next word.
func (c *commandSyntax) takesValue(word string) bool {
	return slices.ContainsFunc(c.flags, func(f flagSyntax) bool {
		return f.name == flagName(word) && f.value.placeholder != "" && !f.mayLack
	})
}
