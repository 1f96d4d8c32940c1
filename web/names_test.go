package web

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever bytes a prefix has, its name is text that can be shown, its id is found again, and no
// two prefixes have one name: a scrape with the same metric twice would be none.
func TestNames_AreOfOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"\\", "x", "5", "C", "\xff", "\x00", "\u202e", "é", "\xc3", "\xa9", "�", "%", "F", " ", "\u00a0", "\n", "\"", "<", "+", "~", "\U0001f600"}
	seen := make(map[string]string)
	for range 20_000 {
		prefix := ""
		for range 1 + random.IntN(6) {
			prefix += pieces[random.IntN(len(pieces))]
		}
		name, id := nameOf(prefix), idOf(prefix)
		if other, ok := seen[name]; ok && other != prefix {
			t.Fatalf("%q and %q are both %q", prefix, other, name)
		}
		seen[name] = prefix
		if !utf8.ValidString(name) {
			t.Fatalf("%q is %q", prefix, name)
		}
		for _, r := range name {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q is %q", prefix, name)
			}
		}
		values, err := url.ParseQuery("prefix=" + id)
		if err != nil || values.Get("prefix") != prefix {
			t.Fatalf("%q is %q: %v, %v", prefix, id, values, err)
		}
	}
	for prefix, want := range map[string]string{"vec:": "vec:", "é ü": "é ü", "\xff\\": `\xFF\x5C`, "a\u202eb": `a\xE2\x80\xAEb`, "\u00a0": `\xC2\xA0`} {
		if got := nameOf(prefix); got != want {
			t.Errorf("%q is %q, want %q", prefix, got, want)
		}
	}
	if got := idOf("vec:é"); got != "vec%3A%C3%A9" {
		t.Error(fmt.Sprint(got))
	}
}
