package workload

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var flags = regexp.MustCompile(`--([a-z]+)`)

// What is shipped can be run as it stands, by its name and by those of its phases, and is explained.
func TestShipped_AreWorkloads(t *testing.T) {
	known := []string{"store", "workload"} // of the command line
	for _, f := range Fields() {
		if f.Flag {
			known = append(known, f.Name)
		}
	}
	seen := make(map[string]string)
	for _, e := range Shipped() {
		d, err := parseFile(e.Name, e.Text)
		if err != nil {
			t.Fatal(err)
		}
		if names := phaseNames(d.phases); !slices.Equal(names, e.Phases) {
			t.Errorf("%s has %v, and is said to have %v", e.Name, names, e.Phases)
		}
		if said := slices.DeleteFunc(d.said, func(name string) bool { return name == "phases" || find(topFields(), name) != nil }); len(said) > 0 {
			t.Errorf("%s says %v, which is for who runs it to say", e.Name, said)
		}
		for _, name := range e.Phases {
			if other, twice := seen[name]; twice {
				t.Errorf("%s is in %s and in %s", name, e.Name, other)
			}
			seen[name] = e.Name
			if w, err := Read(Request{Phases: []string{name}, Set: []Setting{{"prefix", "p:"}}}); err != nil || w.Phases[0].Name != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		text := string(e.Text)
		if !strings.HasPrefix(text, "# "+e.About) || len(e.About) < 20 || !strings.HasSuffix(e.About, ".") {
			t.Errorf("%s is about %q", e.Name, e.About)
		}
		if !strings.Contains(text, "#   prefixtracker run --store redis://127.0.0.1:6379 --prefix vec: ") || !strings.Contains(text, " --workload "+e.Name) {
			t.Errorf("%s does not say how it is run", e.Name)
		}
		for _, flag := range flags.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, flag[1]) {
				t.Errorf("%s has a flag %s", e.Name, flag[0])
			}
		}
		w, err := Read(Request{File: e.Name, Text: e.Text, Set: []Setting{{"prefix", "p:"}}})
		if err != nil || len(w.Phases) != len(e.Phases) {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		checkWritten(t, w)
	}
	for _, name := range []string{"prefill", "read", "mix", "delete-half", "delete", "churn", "vectors", "verify", "load", "repair"} {
		if !slices.Contains(PhaseNames(), name) {
			t.Errorf("there is no phase %s", name)
		}
	}
}
