package commands

import (
	"reflect"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/observe"
)

// forge fills in all text below v, and one element of each list, and so that all is told that
// may be.
func forge(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("a\r\nforged:1\x1b[2J\x00\x7f")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint64:
		v.SetUint(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		forge(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				forge(v.Field(i))
			}
		}
	}
}

// Nothing that a figure says, be it the name of a directory in an error, is a line of its own.
func TestInfo_NothingForgesALine(t *testing.T) {
	f := new(observe.Figures)
	forge(reflect.ValueOf(f).Elem())
	var told int
	for _, s := range infoSections {
		var b strings.Builder
		s.write(&b, f)
		text, ended := strings.CutSuffix(b.String(), "\r\n")
		lines := strings.Split(text, "\r\n")
		if want := 1 + len(s.fields(f)); len(lines) != want || !ended {
			t.Errorf("%s has %d lines, want %d:\n%q", s.name, len(lines), want, text)
		}
		for _, line := range lines {
			if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' || c == 0x7f }) {
				t.Errorf("%s has the line %q", s.name, line)
			}
			told += strings.Count(line, "forged:1")
		}
	}
	if told < 5 { // version, executable, last error, a command, an error …
		t.Errorf("%d fields have text that was filled in", told)
	}
}
