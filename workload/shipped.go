package workload

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed shipped/*.yaml
var shipped embed.FS

// Example is a workload that comes with the program.
type Example struct {
	Name   string
	About  string // the first line of its text
	Text   []byte
	Phases []string // names
}

// Shipped are all of them, in the order of a data set's life.
func Shipped() []Example {
	// Their phases stand here, too: they are words of the command line, which every start of the program has to know.
	return []Example{
		ship("prefill", "prefill"),
		ship("read-only", "read"),
		ship("mix", "mix"),
		ship("churn", "churn"),
		ship("delete-half", "delete-half", "verify"),
		ship("delete", "delete"),
		ship("vectors", "vectors"),
	}
}

func ship(name string, phases ...string) Example {
	text, err := shipped.ReadFile(path.Join("shipped", name+".yaml"))
	if err != nil {
		panic(err) // it is in the program, or the program cannot be built
	}
	about, _, _ := strings.Cut(string(text), "\n")
	return Example{name, strings.TrimPrefix(about, "# "), text, phases}
}

// PhaseNames are the names of phases that need no file: those of what is shipped, and comparisons with the store.
func PhaseNames() (all []string) {
	for _, e := range Shipped() {
		all = append(all, e.Phases...)
	}
	for _, name := range syncs {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
