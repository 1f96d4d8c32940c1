package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var errOdd = errors.New("odd")

// even reads an even number.
func even(word []byte) (uint64, error) {
	n, err := strconv.ParseUint(string(word), 10, 64)
	if err != nil || n%2 != 0 {
		return 0, errOdd
	}
	return n, nil
}

// Options of all kinds.
var (
	optCount  = &Arg{Name: "n", Type: Integer, Token: "COUNT", Optional: true, Read: even}
	optRange  = &Arg{Name: "range", Type: Block, Token: "RANGE", Optional: true, Args: []*Arg{{Name: "min", Read: even}, {Name: "max", Read: even}}}
	optForm   = &Arg{Name: "form", Type: OneOf, Optional: true, Args: []*Arg{Token("KEYS"), Token("RUNS")}}
	optMatch  = &Arg{Name: "pattern", Type: Pattern, Token: "MATCH", Optional: true}
	optType   = &Arg{Name: "type", Type: OneOf, Token: "TYPE", Optional: true, Args: []*Arg{Token("ONE"), Token("TWO")}}
	optFilter = &Arg{Name: "by", Type: OneOf, Token: "BY", Optional: true, Args: []*Arg{{Name: "a", Token: "NAME"}, {Name: "b", Token: "PLACE"}, Token("ITSELF"),
		{Name: "c", Type: Block, Token: "BOTH", Args: []*Arg{{Name: "x", Read: even}, {Name: "y", Read: even}}}}}
	optFlag = Flag("FLAG")
	optIDs  = &Arg{Name: "id", Type: Integer, Token: "ID", Optional: true, Multiple: true}
	argMode = &Arg{Name: "mode", Type: OneOf, Args: []*Arg{Token("ON"), Token("OFF"), {Name: "v", Token: "AT"}}}
)

var (
	every   = &Spec{Name: "ALL", Args: []*Arg{{Name: "key"}, optCount, optRange, optForm, optMatch, optType, optFilter, optFlag, optIDs}}
	asRedis = &Spec{Name: "REDIS", AsRedis: true, Args: every.Args}
	mode    = &Spec{Name: "MODE", Args: []*Arg{argMode, optFlag}}
	trail   = &Spec{Name: "TRAIL", Args: []*Arg{{Name: "key"}, {Name: "block", Type: Block, Optional: true, Args: []*Arg{{Name: "start"}, {Name: "end"}, optForm}}}}
	again   = &Spec{Name: "AGAIN", Args: []*Arg{{Name: "key"}, {Name: "n", Token: "COUNT", Optional: true, Repeats: true, Read: even}}}
	placed  = &Spec{Name: "PLACED", Args: []*Arg{{Name: "first", Read: even}, {Name: "second", Optional: true, Read: even}, optFlag}}
	choosy  = &Spec{Name: "CHOOSY", Args: []*Arg{{Name: "mode", Type: OneOf, Args: []*Arg{Token("ON")}, Read: func([]byte) (uint64, error) { return 0, errOdd }}}}
	alone   = &Spec{Name: "ALONE", Args: []*Arg{{Name: "filter", Type: OneOf, Args: []*Arg{{Name: "old"}, {Name: "new", Type: OneOf, Multiple: true, Args: []*Arg{optCount, optMatch}}}}}}
)

// read reads line's words behind the name as the options of s and tells what was
// given, in the order of the Args.
func read(s *Spec, line string) (string, error) {
	var o Options
	var words [][]byte
	for _, w := range strings.Fields(line) {
		words = append(words, []byte(w))
	}
	if err := o.read(newOptionTable(s), words); err != nil {
		return "", err
	}
	var given []string
	for _, a := range o.table.args {
		if !o.Has(a) {
			continue
		}
		x, y := o.Pair(a)
		text := fmt.Sprintf("%s:%s:%d,%d:%s", a.Name, o.Chose(a), x, y, o.Word(a))
		if a.Multiple {
			text += fmt.Sprintf("+%d", len(o.Rest(a)))
		}
		given = append(given, text)
	}
	return strings.Join(given, " "), nil
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		spec       *Spec
		line, want string
	}{
		{every, "k", ""},
		{every, "k COUNT 6", "n::6,0:6"},
		{every, "k flag rAnGe 2 4 runs", "range::2,4:2 form:RUNS:0,0: flag::0,0:"},
		{every, "COUNT COUNT 8", "n::8,0:8"}, // the first has its place
		{every, "k MATCH COUNT FLAG", "pattern::0,0:COUNT flag::0,0:"},
		{every, "k TYPE two", "type:TWO:0,0:two"},
		{every, "k BY PLACE x KEYS", "form:KEYS:0,0: by:PLACE:0,0:x"},
		{every, "k BY itself KEYS", "form:KEYS:0,0: by:ITSELF:0,0:"},
		{every, "k BY BOTH 2 4 FLAG", "by:BOTH:2,4:2 flag::0,0:"},
		{every, "k FLAG ID 1 2 FLAG", "flag::0,0: id::0,0:1+3"},
		{again, "k COUNT 2 COUNT 4", "n::4,0:4"},
		{mode, "off", "mode:OFF:0,0:"},
		{mode, "AT 5 FLAG", "mode:AT:0,0:5 flag::0,0:"},
		{trail, "k", ""},
		{trail, "k 1 2 RUNS", "form:RUNS:0,0:"},
		{alone, "addr", ""},
		{alone, "MATCH", ""},
		{alone, "MATCH x COUNT 2", "n::2,0:2 pattern::0,0:x"},
	} {
		if got, err := read(test.spec, test.line); err != nil || strings.TrimRight(got, " ") != test.want {
			t.Errorf("%s %s: %q, %v, want %q", test.spec.Name, test.line, got, err, test.want)
		}
	}
}

func TestOptions_Errors(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, test := range []struct {
		spec *Spec
		line string
		want error
	}{
		{every, "k CUONT 5", SyntaxErrorAt([]byte("CUONT"))},
		{every, "k " + long, Error("ERR syntax error at '" + long[:MaxEcho] + "'")},
		{every, "k COUNT", SyntaxErrorAt([]byte("COUNT"))},
		{every, "k FLAG RANGE 2", SyntaxErrorAt([]byte("RANGE"))},
		{every, "k COUNT 2 3", SyntaxErrorAt([]byte("3"))},
		{every, "k COUNT 2 count 2", SyntaxErrorAt([]byte("count"))},
		{every, "k KEYS KEYS", SyntaxErrorAt([]byte("KEYS"))},
		{every, "k KEYS RUNS", Error("ERR syntax error, KEYS not supported in combination with RUNS")},
		{every, "k RUNS FLAG KEYS", Error("ERR syntax error, KEYS not supported in combination with RUNS")},
		{every, "k BY", SyntaxErrorAt([]byte("BY"))},
		{every, "k BY x y", SyntaxErrorAt([]byte("x"))},
		{every, "k BY NAME", SyntaxErrorAt([]byte("BY"))},
		{every, "k BY BOTH 2", SyntaxErrorAt([]byte("BY"))},
		{every, "k BY BOTH 2 3", errOdd},
		{every, "k BY ITSELF 2", SyntaxErrorAt([]byte("2"))},
		{every, "k COUNT 3", errOdd},
		{every, "k RANGE 2 3", errOdd},
		{asRedis, "k CUONT", ErrSyntax},
		{asRedis, "k COUNT", ErrSyntax},
		{asRedis, "k COUNT 2 COUNT 2", ErrSyntax},
		{asRedis, "k KEYS RUNS", ErrSyntax},
		{asRedis, "k TYPE three", ErrSyntax},
		{every, "k TYPE three", SyntaxErrorAt([]byte("three"))},
		{again, "k COUNT 3 COUNT 2", errOdd},
		{placed, "3 CUONT", errOdd},
		{placed, "2 3 CUONT", errOdd},
		{placed, "2 2 CUONT", SyntaxErrorAt([]byte("CUONT"))},
		{choosy, "maybe", errOdd},
		{mode, "maybe", SyntaxErrorAt([]byte("maybe"))},
		{mode, "AT", SyntaxErrorAt([]byte("AT"))},
		{trail, "k 1 2 x", SyntaxErrorAt([]byte("x"))},
		{alone, "addr x", SyntaxErrorAt([]byte("addr"))},
		{&Spec{Args: every.Args, BadOption: func(w []byte) error { return fmt.Errorf("bad %s: %w", w, errOdd) }}, "k x", errOdd},
	} {
		if got, err := read(test.spec, test.line); !errors.Is(err, test.want) {
			t.Errorf("%s %s: %q, %v, want %v", test.spec.Name, test.line, got, err, test.want)
		}
	}
}

// FuzzOptions lets the parser take any words: what it accepts must mean the same
// in another order, and give nothing that was not said.
func FuzzOptions(f *testing.F) {
	for _, seed := range []string{"COUNT 2 RANGE 2 4 KEYS", "runs count 0 MATCH FLAG", "TYPE x BY NAME y", "COUNT", "KEYS RUNS", "BY ITSELF BY", "BY BOTH 2 4 KEYS", "FLAG FLAG", "RANGE 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.Join(strings.Fields(line), " ")
		given, err := read(every, "k "+line)
		if err != nil {
			if text := err.Error(); strings.HasPrefix(text, "ERR ") && len(text) > 2*MaxEcho {
				t.Fatalf("%q: %q", line, text)
			}
			return
		}
		if strings.Contains(given, "id:") {
			return // takes all that follows, so it has to be the last
		}
		words := map[string]int{"COUNT": 2, "RANGE": 3, "MATCH": 2, "TYPE": 2, "BY": 3}
		var options [][]string
		for rest := strings.Fields(line); len(rest) > 0; {
			n := max(words[strings.ToUpper(rest[0])], 1)
			if n > 1 {
				n += map[string]int{"ITSELF": -1, "BOTH": 1}[strings.ToUpper(rest[1])]
			}
			options = append(options, rest[:n])
			rest = rest[n:]
		}
		slices.Reverse(options)
		turned := strings.Join(slices.Concat(options...), " ")
		if again, err := read(every, "k "+turned); err != nil || again != given || len(options) != len(strings.Fields(given)) {
			t.Fatalf("%q gives %q, %q %q, %v", line, given, turned, again, err)
		}
	})
}

func TestSyntax(t *testing.T) {
	for s, want := range map[*Spec]string{
		every: "ALL key [COUNT n] [RANGE min max] [KEYS|RUNS] [MATCH pattern] [TYPE ONE|TWO] [BY NAME a|PLACE b|ITSELF|BOTH x y] [FLAG] [ID id [id …]]",
		mode:  "MODE ON|OFF|AT v [FLAG]",
	} {
		if got := s.Syntax(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
