package integration_test

import (
	"strings"
	"testing"
)

// eachCommand calls visit for a command, or for each of its subcommands, with what COMMAND DOCS says of its
// arguments.
func eachCommand(name string, doc reply, visit func(name string, args reply)) {
	var args reply
	for i := 0; i+1 < len(doc.items); i += 2 {
		switch value := doc.items[i+1]; doc.items[i].text {
		case "subcommands":
			for j := 0; j+1 < len(value.items); j += 2 {
				eachCommand(value.items[j].text, value.items[j+1], visit)
			}
			return
		case "arguments":
			args = value
		}
	}
	visit(name, args)
}

// formsOf are the different lines that a command has at its worst on a layout, those of one size after those
// of another.
func formsOf(t *testing.T, name string, args reply, l layout, tokens map[string]string) (lines [][]string) {
	t.Helper()
	forms := 2 + len(args.items) // nothing that is optional, all of it, or one of it alone
	had := map[string]bool{}
	for size := range worstNumbers {
		for form := range forms {
			v := &values{tokens: tokens, layout: l, size: size, form: form}
			line := strings.Split(strings.ToUpper(name), "|")
			for i, a := range args.items {
				if optional(a) && form != 1 && form != i+2 {
					continue
				}
				line = append(line, v.of(t, a)...)
			}
			if key := strings.Join(line, " "); !had[key] {
				had[key] = true
				lines = append(lines, line)
			}
		}
	}
	return lines
}
