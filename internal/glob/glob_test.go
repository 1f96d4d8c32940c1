package glob

import (
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"*", "abc", true}, {"", "", true}, {"", "a", false},
		{"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "abbbc", true}, {"a*c", "abbb", false},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"**", "x", true}, {"*a*b*", "xxaxxbxx", true},
		{"h[ae]llo", "hello", true}, {"h[^e]llo", "hello", false}, {"h[a-c]llo", "hbllo", true},
		{"h[c-a]llo", "hbllo", true}, {`h\*`, "h*", true}, {`h\*`, "hx", false}, {`h[\]]`, "h]", true},
		{"[", "[", false}, {"[a", "a", true}, {`\`, `\`, true}, {"vec:*", "vec:1", true},
	} {
		if got := Match(c.pattern, c.s); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}

// A pattern of many stars must not take time exponential in them: it would
// never end here.
func TestGlob_ManyStars(t *testing.T) {
	if Match(strings.Repeat("*a", 2000)+"b", strings.Repeat("a", 20_000)) {
		t.Error("matched")
	}
}

// However wide its elements, a pattern is read a few times for all strings: each
// of these would take hours otherwise.
func TestGlobs_WideElementsAreReadOnce(t *testing.T) {
	const wide = 30 << 20
	name := strings.Repeat("b", 500)
	for _, pattern := range []string{
		"*[" + strings.Repeat("a", wide), "*[" + strings.Repeat("a", wide) + "]", "*b[^" + strings.Repeat(`\b`, wide/2) + "]*",
		strings.Repeat("*", wide) + "x", "b" + strings.Repeat("*", wide) + "?" + strings.Repeat("*", wide) + "x",
	} {
		g := Pattern{Text: pattern}
		for range 1000 {
			if g.Match(name) {
				t.Fatalf("%.20q matches", pattern)
			}
		}
		if g.Match(name+"x") == (pattern[1] == '[') && pattern[1] != 'b' {
			t.Errorf("%.20q: an x at the end should decide", pattern)
		}
	}
	// More of them than are kept.
	many := Pattern{Text: "*" + strings.Repeat("["+strings.Repeat("ab", wideWidth)+"]", 2*keepWide)}
	if many.Match(strings.Repeat("a", 2*keepWide-1)) || !many.Match(strings.Repeat("ab", keepWide)) || len(many.wide) > keepWide {
		t.Error("elements that are not kept must match the same")
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("h[a-c]*?", "hbllo")
	f.Add("[^", "x")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern)+len(s) > 4096 {
			return
		}
		Match(pattern, s)
		literal := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
		if !Match(literal, s) || !Match("*", s) || !Match(literal+"*", s+pattern) {
			t.Errorf("%q does not match itself", s)
		}
	})
}
