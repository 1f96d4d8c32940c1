//go:build !race

package modelcheck

import (
	"flag"
	"strings"
	"testing"
)

// A search is one goroutine: the race detector would only make it slow.

var big = flag.Bool("big", false, "also the configurations that take minutes and gigabytes")

// check runs m and wants the fault that begins with want, or none for "".
func check(t *testing.T, m Model, want string) {
	t.Helper()
	r := m.Run()
	if want == "" && r.Fault != "" || !strings.HasPrefix(r.Fault, want) {
		t.Fatalf("%+v, %d states: want %q, found %q\n%s", m, r.States, want, r.Fault, r.Schedule)
	}
	t.Logf("%+v, %d states: %q\n%s", m, r.States, r.Fault, r.Schedule)
}

// With as many readings as levels nothing is hidden, and B3 holds.
func TestModel_AReadingPerLevelIsEnough(t *testing.T) {
	check(t, Model{Levels: 2, Changers: 2, Slots: 1, Readings: 2}, "")
	check(t, Model{Levels: 3, Changers: 2, Slots: 2, Readings: 3, SingleWords: true}, "")
}

// With one reading less something is.
func TestModel_OneReadingLessIsTooFew(t *testing.T) {
	check(t, Model{Levels: 2, Changers: 2, Slots: 1, Readings: 1}, "found")
	check(t, Model{Levels: 3, Changers: 2, Slots: 2, Readings: 2, SingleWords: true}, "found")
}

// Each rule is needed but one, of which doc.go says that it is not.
func TestModel_WithoutARuleItFails(t *testing.T) {
	for _, weak := range []struct {
		name  string
		rules Rules
		fault string
	}{
		{"second look", Rules{NoSecondLook: true}, "B3"},
		{"taking back at all levels", Rules{ClearOneLevel: true}, "B3"},
		{"announcement before the change", Rules{AnnounceLate: true}, "B3"},
		{"announcement of all words of a group", Rules{NoGroups: true}, "found"},
		{"overflow", Rules{NoOverflow: true}, "found"},
		{"going on above a clear skip bit", Rules{ClearToFirstClear: true}, ""},
	} {
		t.Run(weak.name, func(t *testing.T) {
			check(t, Model{Levels: 2, Changers: 2, Slots: 2, Readings: 2, Rules: weak.rules}, weak.fault)
		})
	}
}

// What takes minutes: three changes in flight, so that chains of causes have
// somebody beside them.
func TestModel_Big(t *testing.T) {
	if !*big {
		t.Skip("with -big only")
	}
	check(t, Model{Levels: 3, Changers: 2, Slots: 2, Readings: 3}, "")
	check(t, Model{Levels: 2, Changers: 3, Slots: 2, Readings: 2}, "")
	check(t, Model{Levels: 3, Changers: 3, Slots: 1, Readings: 0}, "")
	check(t, Model{Levels: 3, Changers: 2, Slots: 2, Readings: 3, Rules: Rules{ClearToFirstClear: true}}, "")
}
