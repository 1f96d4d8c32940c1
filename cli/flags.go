package cli

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

// flagSet are the flags of one command, one for each row that has one. They
// keep what is given and read nothing: the rows do.
type flagSet []*rowFlag

func newFlags(settings []row) flagSet {
	var set flagSet
	for i := range settings {
		if settings[i].flag != "" {
			set = append(set, &rowFlag{row: &settings[i]})
		}
	}
	return set
}

// flags returns them for the command line's parser.
func (s flagSet) flags() []urfave.Flag {
	flags := make([]urfave.Flag, len(s))
	for i, f := range s {
		flags[i] = f
	}
	return flags
}

// rowFlag is the flag of a row. It implements [urfave.VisibleFlag].
type rowFlag struct {
	row   *row
	value string
	set   bool
}

func (f *rowFlag) Apply(set *flag.FlagSet) error {
	set.Var((*flagValue)(f), f.row.flag, f.row.usage)
	return nil
}

// String is its line in --help, in columns.
func (f *rowFlag) String() string {
	line := fmt.Sprintf("--%s %s\t%s", f.row.flag, f.row.value.placeholder, f.row.usage)
	if text := f.row.defaultText(); text != "" {
		line += " (default: " + text + ")"
	}
	return line + " [$" + f.row.variable() + "]"
}

func (f *rowFlag) Names() []string { return []string{f.row.flag} }
func (f *rowFlag) IsSet() bool     { return f.set }
func (f *rowFlag) IsVisible() bool { return true }

// flagValue takes what the command line's parser finds.
type flagValue rowFlag

func (v *flagValue) String() string { return v.value }

func (v *flagValue) Set(value string) error {
	v.value, v.set = value, true
	return nil
}

// withValues gives flags for yes or no their value in the same word, where it
// stands alone or behind a blank, as Redis has it: the parser would take "no"
// in "--protected-mode no" for a command. A word behind such a flag is its value
// unless it is a flag or a command.
func withValues(settings []row, isCommand func(string) bool, args []string) []string {
	kinds := make(map[string]bool) // of flags: whether they say yes or no
	for i := range settings {
		if settings[i].flag != "" {
			kinds[settings[i].flag] = settings[i].value.yesNo
		}
	}
	whole := slices.Clone(args[:min(1, len(args))])
	for i := 1; i < len(args); i++ {
		word := args[i]
		if word == "--" {
			return append(whole, args[i:]...)
		}
		yesNo, isFlag := kinds[flagName(word)]
		next := i+1 < len(args)
		switch {
		case !isFlag:
		case !yesNo && next:
			whole = append(whole, word)
			i++
			word = args[i]
		case yesNo && next && !strings.HasPrefix(args[i+1], "-") && !isCommand(args[i+1]):
			i++
			word += "=" + args[i]
		case yesNo:
			word += "=yes"
		}
		whole = append(whole, word)
	}
	return whole
}

// flagName is the name of the flag that is the whole of a word, or "-".
func flagName(word string) string {
	if name, ok := strings.CutPrefix(word, "-"); ok {
		return strings.TrimPrefix(name, "-")
	}
	return "-"
}
