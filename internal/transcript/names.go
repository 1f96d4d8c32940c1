package transcript

import (
	"regexp"
	"strings"
)

// Names are the texts that the $names of a session stand for. The zero value
// is not usable; begin with Names{}. It is not safe for concurrent use.
type Names map[string]string

var (
	anyOrName = regexp.MustCompile(`\*|\$[a-z]+`)
	name      = regexp.MustCompile(`\$[a-z]+`)
)

// Expand returns a command with the texts of the names that are known.
func (n Names) Expand(command string) string {
	return name.ReplaceAllStringFunc(command, func(s string) string {
		if text, known := n[s]; known {
			return text
		}
		return s
	})
}

// Match tells whether a reply is the one that is written, and keeps the texts
// of new names.
func (n Names) Match(written, reply string) bool {
	want, got := strings.Split(written, "\n"), strings.Split(reply, "\n")
	if len(want) != len(got) {
		return false
	}
	all := true
	for i := range want { // all of them, so that names are known behind a mistake
		all = n.matchLine(want[i], got[i]) && all
	}
	return all
}

func (n Names) matchLine(want, got string) bool {
	var pattern strings.Builder
	var found []string // the names of the pattern's groups
	at := 0
	for _, loc := range anyOrName.FindAllStringIndex(want, -1) {
		pattern.WriteString(regexp.QuoteMeta(want[at:loc[0]]))
		at = loc[1]
		switch s := want[loc[0]:loc[1]]; {
		case s == "*":
			pattern.WriteString(`.*`)
		case n[s] != "":
			pattern.WriteString(regexp.QuoteMeta(n[s]))
		default:
			pattern.WriteString(`([^ "]+)`)
			found = append(found, s)
		}
	}
	pattern.WriteString(regexp.QuoteMeta(want[at:]))
	groups := regexp.MustCompile(`^` + pattern.String() + `$`).FindStringSubmatch(got)
	if groups == nil {
		return false
	}
	for i, s := range found {
		if n[s] != "" && n[s] != groups[i+1] {
			return false
		}
		n[s] = groups[i+1]
	}
	return true
}

// Rewrite returns what to write for a reply: the lines written as long as they
// match, with their * and $name, and for others those of the reply, in which
// known texts are names.
func (n Names) Rewrite(written, reply string) string {
	want, got := strings.Split(written, "\n"), strings.Split(reply, "\n")
	for i := range got {
		if i < len(want) && n.matchLine(want[i], got[i]) {
			got[i] = want[i]
			continue
		}
		for s, text := range n {
			got[i] = strings.ReplaceAll(got[i], text, s)
		}
	}
	return strings.Join(got, "\n")
}
