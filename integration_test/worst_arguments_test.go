package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// values makes up arguments.
type values struct {
	tokens map[string]string // of delete iterators, by prefix
	layout layout
	size   int // which of worstNumbers
	form   int // which of several choices
	key    int // so many keys were made
}

var worstNumbers = []string{"281474976710655", "65536", "40000", "16000", "1000", "40", "1", "0"}

// most is how many arguments of a kind a command has here: with more it leaves its loop anyway.
const most = 2000

// of returns the words of an argument.
func (v *values) of(t *testing.T, a reply) []string {
	t.Helper()
	n := 1
	if v.size < 5 && flagged(a, "multiple") {
		n = most
	}
	var all []string
	for i := range n {
		if token := text(a, "token"); token != "" && text(a, "type") != "pure-token" {
			all = append(all, token)
		}
		all = append(all, v.one(t, a, i)...)
	}
	return all
}

func (v *values) one(t *testing.T, a reply, i int) []string {
	t.Helper()
	number := worstNumbers[v.size]
	name := text(a, "name")
	switch text(a, "type") {
	case "oneof":
		choices := a.field(t, "arguments")
		return v.of(t, choices.items[(v.form+v.size)%len(choices.items)])
	case "block":
		var all []string
		for _, part := range a.field(t, "arguments").items {
			all = append(all, v.of(t, part)...)
		}
		return all
	case "pure-token":
		return []string{text(a, "token")}
	case "key":
		if v.key++; v.key > 1 { // many keys: names there are, and keys of them
			return []string{fmt.Sprintf("tenant:%d:%012d", i, i*farApart)}
		}
		return []string{v.layout.prefix}
	case "integer", "double":
		switch {
		case name == "cursor" || name == "min" || name == "start" || name == "protover" || name == "timeout" || name == "bit":
			return []string{"0"}
		case name == "max":
			return []string{"281474976710656"}
		case name == "end":
			return []string{"-1"}
		case flagged(a, "multiple") && v.size == 0:
			return []string{strconv.Itoa((i + 20_000) * farApart)}
		case flagged(a, "multiple") && v.size < 5:
			return []string{strconv.Itoa(i * 64)}
		}
		return []string{number}
	case "pattern":
		if v.size == 0 {
			return []string{"*[" + strings.Repeat("a", 50_000)}
		}
		return []string{"*" + strings.Repeat("?*", v.size)}
	}
	switch name {
	case "token":
		return []string{v.tokens[v.layout.prefix]}
	case "member":
		return []string{strconv.Itoa((i*v.size + 30_000) * farApart)}
	case "message", "data":
		return []string{strings.Repeat("x", 60_000/(v.size+1))}
	}
	return []string{"x"}
}

// takes tells whether there is an argument of that type among args.
func takes(args reply, kind string) bool {
	return slices.ContainsFunc(args.items, func(a reply) bool { return text(a, "type") == kind })
}

func optional(a reply) bool { return flagged(a, "optional") }

func flagged(a reply, flag string) bool {
	for i := 0; i+1 < len(a.items); i += 2 {
		if a.items[i].text == "flags" {
			return slices.Contains(a.items[i+1].texts(), flag)
		}
	}
	return false
}

// text is a field of an argument's description, "" where it has none.
func text(a reply, name string) string {
	for i := 0; i+1 < len(a.items); i += 2 {
		if a.items[i].text == name {
			return a.items[i+1].text
		}
	}
	return ""
}
