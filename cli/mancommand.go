package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

func manCommand() *urfave.Command {
	return &urfave.Command{
		Name:        "man",
		Usage:       "print the manual page",
		Description: "To read it:  prefixtracker man | man -l -\nTo keep it:  prefixtracker man > /usr/local/share/man/man1/prefixtracker.1",
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			manPage(c.App.Writer, syntaxOf(c.App), groups())
			return nil
		},
	}
}

// manPage writes the manual page in the macros that all programs for such pages
// have. It has no date: the same program prints the same page.
func manPage(out io.Writer, all syntax, settings []group) {
	fmt.Fprintf(out, ".TH PREFIXTRACKER 1 \"\" \"prefixtracker %s\"\n.nh\n.ad l\n", roff(Version)) // words stay whole
	fmt.Fprintf(out, ".SH NAME\n%s.SH SYNOPSIS\n.nf\n", manText(programName+" - "+all[0].usage))
	fmt.Fprint(out, "\\fBprefixtracker\\fR [\\fISETTING\\fR ...] [\\fBserve\\fR [\\fISETTING\\fR ...]]\n")
	for _, c := range all[1:] {
		if c.name != serveName {
			fmt.Fprintf(out, "\\fBprefixtracker %s\\fR%s%s\n", roff(c.name), manOptions(c), manValue(c.arguments))
		}
	}
	fmt.Fprint(out, `.fi
.SH DESCRIPTION
Load generators and workers ask it, with any client of Redis, which IDs exist
under a prefix of keys and which is the next free one, and each ID goes to one
of them.
What it knows it keeps in a directory, through its end and that of the machine.
.PP
Without a command it runs the server, as
.B serve
does.
.SH COMMANDS
`)
	for _, c := range all[1:] {
		fmt.Fprintf(out, ".TP\n\\fB%s\\fR%s\n%s", roff(c.name), manValue(c.arguments), manText(c.usage+"."))
		for line := range strings.Lines(c.description) {
			fmt.Fprintf(out, ".br\n%s", manText(line))
		}
		if own := manOwn(c); c.name != serveName && len(own) > 0 { // its settings stand below
			fmt.Fprint(out, ".RS\n")
			manFlags(out, own)
			fmt.Fprint(out, ".RE\n")
		}
	}
	fmt.Fprint(out, `.SH SETTINGS
A setting is a flag, before or behind
.BR serve ,
an environment variable, or a line
.I name: value
of the file that
.B \-\-config
names, with the flag's name.
A flag wins over its variable, and that over the file.
An empty variable says nothing.
Amounts of memory are written as 64mb or 2gb, times as 10s or 5m, and yes or no
may also be true or false, on or off, 1 or 0.
`)
	for _, g := range settings {
		manGroup(out, g)
	}
	fmt.Fprint(out, `.SH OTHER FLAGS
`)
	manFlags(out, slices.DeleteFunc(manOwn(all[0]), func(f flagSyntax) bool { return f.setting }))
	fmt.Fprint(out, `.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT
End in good order; a second one ends at once.
.TP
.B SIGHUP
Read the files of the password and of the certificates again.
.SH EXIT STATUS
0, or 1 after a line on standard error that says why;
of
.B sync
0 if all agrees, 1 if something differs, and 2 after such a line;
of
.B run
0 if all is as expected, 1 if something is not, and 2 after such a line.
.SH SEE ALSO
.BR redis\-cli (1)
`)
}

func manGroup(out io.Writer, g group) {
	said := false
	for _, r := range g.rows {
		if r.flag == "" {
			continue
		}
		if !said {
			fmt.Fprintf(out, ".SS %s", manText(g.about))
			said = true
		}
		fmt.Fprintf(out, ".TP\n\\fB\\-\\-%s\\fR \\fI%s\\fR, \\fB%s\\fR\n%s",
			roff(r.flag), roff(r.value.placeholder), roff(r.variable()), manText(r.usage+"."))
		if text := r.defaultText(); text != "" {
			fmt.Fprint(out, manText("Default: "+text+"."))
		}
	}
}

func manFlags(out io.Writer, flags []flagSyntax) {
	for _, f := range flags {
		fmt.Fprintf(out, ".TP\n\\fB\\-\\-%s\\fR%s\n%s", roff(f.name), manValue(f.value), manText(f.usage+"."))
	}
}

// manOwn are the flags of a command without the one that all have.
func manOwn(c commandSyntax) []flagSyntax {
	return slices.DeleteFunc(slices.Clone(c.flags), func(f flagSyntax) bool { return f.name == helpName })
}

// manOptions are the flags of a command in its synopsis, which has a line for it.
func manOptions(c commandSyntax) string {
	if len(manOwn(c)) > 2 {
		return ` [\fIFLAG\fR ...]`
	}
	var b strings.Builder
	for _, f := range manOwn(c) {
		fmt.Fprintf(&b, " [\\fB\\-\\-%s\\fR%s]", roff(f.name), manValue(f.value))
	}
	return b.String()
}

func manValue(v values) string {
	if v.placeholder == "" {
		return ""
	}
	return " \\fI" + roff(v.placeholder) + "\\fR"
}

// manText is a text in lines that formatters fill, none of which is a command of
// theirs.
func manText(text string) string {
	const width = 80
	var b strings.Builder
	for line := range strings.Lines(wrapped(roff(text), "", width)) {
		if strings.HasPrefix(line, ".") {
			b.WriteString(`\&`)
		}
		b.WriteString(line)
	}
	return b.String()
}

// roff is a text within a line that formatters print as it is.
func roff(text string) string {
	var b strings.Builder
	for _, r := range text {
		if name, ok := roffNames[r]; ok {
			b.WriteString(name)
		} else if r > '~' {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// roffNames are the signs that formatters take for something else.
var roffNames = map[rune]string{'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`}
