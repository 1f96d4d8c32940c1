package commands

import (
	"strings"
	"testing"
)

// Where prefixes are made on purpose, whatever would make one is refused, and all
// else replies as ever. The forms are those of TestWrites_AreInTheLog.
func TestNoCreate_OnlyCreateMakesAPrefix(t *testing.T) {
	refused := 0
	for name, forms := range keptForms {
		for _, form := range forms {
			if strings.Contains(form, "TOKEN") {
				continue
			}
			free, strict := newServer(t, 0), newServerWith(t, 0, Options{MaxCount: 65536, NoCreate: true})
			want, got := do(free, form), do(strict, form)
			made := free.registry.Len() > 0
			if name == "PT.CREATE" {
				if !made || got != want || strict.registry.Len() != 1 {
					t.Errorf("%s: %q", form, got)
				}
				continue
			}
			if made {
				refused++
				want = "-NOPREFIX no such prefix: create it with PT.CREATE\r\n"
			}
			if got != want || strict.registry.Len() != 0 {
				t.Errorf("%s: %q, want %q, %d prefixes", form, got, want, strict.registry.Len())
			}
		}
	}
	if refused < 12 {
		t.Errorf("%d forms make a prefix", refused)
	}
	x := newServerWith(t, 0, Options{MaxCount: 65536, NoCreate: true})
	for _, step := range [][2]string{
		{"PT.CLAIMNEXT vec: COUNT 0", "*0\r\n"}, {"PT.ADDRANGE vec: 3 3", ":0\r\n"}, {"PT.CREATE vec:", "+OK\r\n"}, {"PT.ADD vec: 1", ":1\r\n"},
		{"PT.CLAIMNEXT vec:", ":0\r\n"}, {"PT.DROP vec:", ":1\r\n"}, {"PT.ADD vec: 1", "-NOPREFIX no such prefix: create it with PT.CREATE\r\n"},
	} {
		if got := do(x, step[0]); got != step[1] {
			t.Errorf("%s: %q, want %q", step[0], got, step[1])
		}
	}
}
