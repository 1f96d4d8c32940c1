package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/prefixtracker/prefixtracker"

// layers is the import direction of the packages: what each may import of this
// module, and which third-party modules.
var layers = map[string]struct{ own, other []string }{
	"bitmap":              {other: []string{"golang.org/x/sys"}},
	"journal":             {other: []string{"golang.org/x/sys"}},
	"tracker":             {own: []string{"bitmap", "journal"}},
	"observe":             {},
	"resp":                {own: []string{"observe", "journal", "internal/sdsargs"}, other: []string{"github.com/tidwall/redcon", "github.com/rs/zerolog", "golang.org/x/sys"}},
	"engine":              {own: []string{"resp", "observe", "journal"}},
	"commands":            {own: []string{"tracker", "engine", "resp", "observe", "journal", "reconcile", "internal/glob"}},
	"store":               {own: []string{"internal/keyslot"}, other: []string{"github.com/gomodule/redigo"}},
	"reconcile":           {own: []string{"tracker", "store", "journal", "observe"}},
	"web":                 {own: []string{"tracker", "observe", "internal/glob"}, other: []string{"github.com/prometheus/client_golang", "github.com/prometheus/client_model", "github.com/rs/zerolog"}},
	"probe":               {},
	"idfile":              {},
	"remote":              {own: []string{"observe"}, other: []string{"github.com/gomodule/redigo"}},       // the store's client, for the same protocol
	"top":                 {other: []string{"charm.land/bubbletea/v2", "github.com/charmbracelet/x/ansi"}}, // a terminal has too many forms to be spoken to by hand
	"cli":                 {own: []string{"tracker", "resp", "engine", "commands", "observe", "journal", "web", "probe", "top", "reconcile", "store", "remote", "idfile", "driver", "load", "workload", "report", "internal/scarce"}, other: []string{"github.com/rs/zerolog", "github.com/urfave/cli/v2", "github.com/charmbracelet/x/ansi", "github.com/mattn/go-isatty", "github.com/schollz/progressbar/v3", "go.yaml.in/yaml/v4", "golang.org/x/sys", "golang.org/x/term"}},
	"workload":            {own: []string{"internal/keyslot", "internal/sdsargs"}, other: []string{"go.yaml.in/yaml/v4"}}, // files of workloads, and the slots of the keys that it writes
	"driver":              {own: []string{"load", "remote", "store", "workload"}},
	"report":              {own: []string{"driver", "load", "remote", "workload"}, other: []string{"github.com/HdrHistogram/hdrhistogram-go"}},
	"load":                {own: []string{"internal/keyslot"}, other: []string{"github.com/HdrHistogram/hdrhistogram-go", "golang.org/x/sys"}},
	"bitmap/modelcheck":   {},
	"internal/filegraph":  {},
	"internal/lockcheck":  {},
	"internal/generated":  {},
	"internal/glob":       {},
	"internal/keyslot":    {},                                                     // for who finds the servers of keys, and who writes keys
	"internal/leasemodel": {other: []string{"github.com/anishathalye/porcupine"}}, // for tests of tracker and of the built binary alike
	"internal/redistest":  {other: []string{"github.com/redis/rueidis"}},          // for tests of store and of the built binary alike
	"internal/sdsargs":    {},                                                     // for inline commands, and commands in files
	"internal/scarce":     {},                                                     // before the packages of others, which protobuf made necessary
	"internal/transcript": {},
	".":                   {own: []string{"cli"}},
}

func TestLayers_ImportsPointOneWay(t *testing.T) {
	for pkg, allowed := range layers {
		files, err := filepath.Glob(filepath.Join(pkg, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("package %s: no files (%v)", pkg, err)
		}
		documented := false
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if doc := strings.Join(strings.Fields(f.Doc.Text()), " "); strings.Contains(doc, "It must not know") && strings.Contains(doc, "knows") {
				documented = true
			}
			for _, spec := range f.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if !permitted(path, allowed.own, allowed.other) {
					t.Errorf("%s imports %s: against the layers of the design", file, path)
				}
			}
		}
		if !documented && pkg != "." {
			t.Errorf("package %s: its comment must say what it knows and what it must not know", pkg)
		}
	}
}

func permitted(path string, own, other []string) bool {
	if rest, ok := strings.CutPrefix(path, module+"/"); ok {
		return slices.Contains(own, rest)
	}
	if !strings.Contains(strings.Split(path, "/")[0], ".") {
		return true // standard library
	}
	return slices.ContainsFunc(other, func(m string) bool { return strings.HasPrefix(path, m) })
}

// The rule must be able to fail.
func TestLayers_RuleRejects(t *testing.T) {
	for _, bad := range []string{module + "/resp", "github.com/tidwall/redcon"} {
		if permitted(bad, layers["tracker"].own, layers["tracker"].other) {
			t.Errorf("tracker may import %s", bad)
		}
	}
}

// Typed atomics only: the functions on plain integers are easy to mix with
// plain accesses.
func TestSource_TypedAtomicsOnly(t *testing.T) {
	for pkg := range layers {
		files, err := filepath.Glob(filepath.Join(pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if file == "layers_test.go" {
				continue // names them
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"atomic.Load", "atomic.Store", "atomic.Add", "atomic.Swap", "atomic.CompareAndSwap", "atomic.And", "atomic.Or"} {
				if strings.Contains(string(src), call) {
					t.Errorf("%s uses %s…: use the typed atomics", file, call)
				}
			}
		}
	}
}
