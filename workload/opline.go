package workload

import (
	"fmt"
	"strings"

	"github.com/prefixtracker/prefixtracker/internal/sdsargs"
)

// parseOp reads an operation of the command line: name=value …, with names as a file has them, then the command.
func parseOp(text string) (o draftOp, err error) {
	o = newDraftOp(fmt.Sprintf("--op %q", cutShort(text)))
	fields := opFields()
	if len(text) > maxTemplate {
		return o, errLong
	}
	line := sdsargs.TrimLeft([]byte(text))
	rest := string(line) // Cut decodes in place
	for {
		word, behind, err := sdsargs.Cut(line)
		if err != nil {
			return o, err
		}
		name, value, ok := strings.Cut(string(word), "=")
		if !ok || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
			break
		}
		f := find(fields, name)
		if f == nil || name == "command" {
			return o, fmt.Errorf("%q is no setting of an operation: there are %s", cutShort(name), strings.Join(names(fields, "command"), ", "))
		}
		if o.has(name) {
			return o, fmt.Errorf("%s is there twice", name)
		}
		if err := f.set(&o, value); err != nil {
			return o, fmt.Errorf("%s: %w", name, err)
		}
		o.said = append(o.said, name)
		line = sdsargs.TrimLeft(behind)
		rest = string(line)
	}
	return o, setCommand(&o, rest)
}

// names are those of fields, but one.
func names[T any](fields []field[T], but string) (all []string) {
	for _, f := range fields {
		if f.Name != but {
			all = append(all, f.Name)
		}
	}
	return all
}
