package integration_test

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEveryCommandHoldsNobodyUp sends every command that the server says it has, with the arguments
// that it says they take at their worst, to prefixes whose IDs lie as badly as they can. Whatever a
// command does for one client, the event loop that serves the others is kept busy by none.
//
// It asks for the processor's time and not for that on the clock: a busy machine holds everybody up.
func TestEveryCommandHoldsNobodyUp(t *testing.T) {
	sameForEveryListener(t)
	if !memoryCounts() {
		t.Skip("the race detector takes time of its own")
	}
	t.Parallel()
	s := startServer(t, "--max-memory", "4gb", "--max-query-memory", "1gb")
	w := newWorst(t, s)
	fill(t, s.addr, 1000)
	operator := connect(t, s.addr)
	docs := operator.mustReply(t, "COMMAND", "DOCS")
	honest := newHonestClient(t, s.addr)
	sent := 0
	p99, _ := honest.p99During(t, func() {
		for i := 0; i+1 < len(docs.items); i += 2 {
			sent += w.tryAll(t, operator, docs.items[i].text, docs.items[i+1])
		}
	})
	t.Logf("%d commands, %d at their worst; an honest client's p99 is %v, the worst %v",
		len(docs.items)/2, sent, p99, honest.took[len(honest.took)-1])
}

// notTried is what ends or changes the test itself, and has tests of its own.
var notTried = []string{
	"shutdown", "debug", "monitor", "quit", "client|reply", "client|kill", "config|set", "flushall", "flushdb",
}

// worst knows the worst layouts of IDs, and the worst arguments.
type worst struct {
	addr    string
	layouts []layout
	tokens  map[string]string // of delete iterators, by prefix
}

type layout struct {
	prefix string
	make   func(c *client) error
	count  int // of IDs
}

const (
	farIDs      = 10_000
	farApart    = 1 << 18 // memory is had by so many IDs
	manyTenants = 300_000
)

func newWorst(t *testing.T, s *server) *worst {
	w := &worst{addr: s.addr, tokens: map[string]string{}}
	lines := func(lines ...string) func(c *client) error {
		return func(c *client) error {
			for _, line := range lines {
				if r, err := c.do(words(line)...); err != nil || r.kind == '-' {
					return fmt.Errorf("%s: %q, %v", line, r.raw, err)
				}
			}
			return nil
		}
	}
	apart := func(prefix string, n int, id func(i int) int) func(c *client) error {
		return func(c *client) error {
			for i := 0; i < n; i += 1000 {
				args := []string{"PT.ADD", prefix}
				for j := i; j < min(i+1000, n); j++ {
					args = append(args, strconv.Itoa(id(j)))
				}
				if r, err := c.do(args...); err != nil || r.kind != ':' {
					return fmt.Errorf("PT.ADD %s: %q, %v", prefix, r.raw, err)
				}
			}
			return nil
		}
	}
	far := func(prefix string) func(c *client) error {
		return apart(prefix, farIDs, func(i int) int { return (i + 1) * farApart })
	}
	w.layouts = []layout{
		{"dense:", lines("PT.CREATE dense: MAXID 67108864", "PT.ADDRANGE dense: 0 67108864"), 1 << 26},
		{"far:", far("far:"), farIDs},
		{"left:", func(c *client) error { // the memory of many, and a few at its end
			if err := far("left:")(c); err != nil {
				return err
			}
			return lines("PT.REMRANGE left: 0 2621440000")(c)
		}, 1},
		{"sparse:", apart("sparse:", 100_000, func(i int) int { return i * 64 }), 100_000},
		{"holes:", func(c *client) error { // one free ID in each word
			if err := lines("PT.CREATE holes: MAXID 4194304", "PT.ADDRANGE holes: 0 4194304")(c); err != nil {
				return err
			}
			for i := 0; i < 1<<16; i += 4096 {
				args := []string{"PT.REM", "holes:"}
				for j := i; j < i+4096; j++ {
					args = append(args, strconv.Itoa(j*64+33))
				}
				if r, err := c.do(args...); err != nil || r.kind != ':' {
					return fmt.Errorf("PT.REM: %q, %v", r.raw, err)
				}
			}
			return nil
		}, 4194304 - 1<<16},
		{"wide:", lines("PT.CREATE wide: MAXID 281474976710656", "PT.ADD wide: 0 281474976710655"), 2},
		{"missing:", nil, 0},
	}
	c := connect(t, s.addr)
	for i := range manyTenants {
		c.send("PT.CREATE", fmt.Sprintf("tenant:%d:", i))
	}
	for range manyTenants {
		if r, err := c.receive(); err != nil || r.kind != '+' {
			t.Fatal(r.raw, err)
		}
	}
	for _, l := range w.layouts {
		w.restore(t, c, l)
	}
	return w
}

// restore makes a layout anew where commands have changed much of it.
func (w *worst) restore(t *testing.T, c *client, l layout) {
	t.Helper()
	count, err := c.do("PT.COUNT", l.prefix)
	if err != nil {
		t.Fatal(err)
	}
	if l.make == nil {
		c.mustReply(t, "PT.DROP", l.prefix)
		return
	}
	if n := atoi(t, count.text); n <= l.count*9/10 || n > l.count+l.count/10+10_000 {
		c.mustReply(t, "PT.DROP", l.prefix)
		if err := l.make(c); err != nil {
			t.Fatal(err)
		}
	}
	if token := c.mustReply(t, "PT.DELITER", "OPEN", l.prefix); token.kind == '$' {
		w.tokens[l.prefix] = token.text
	}
}

// tryAll sends a command, and its subcommands, in all forms that this test has, and returns how many
// those were. doc is what COMMAND DOCS has of it.
func (w *worst) tryAll(t *testing.T, operator *client, name string, doc reply) (sent int) {
	if slices.Contains(notTried, name) {
		return 0
	}
	var args reply
	for i := 0; i+1 < len(doc.items); i += 2 {
		switch value := doc.items[i+1]; doc.items[i].text {
		case "subcommands":
			for j := 0; j+1 < len(value.items); j += 2 {
				sent += w.tryAll(t, operator, value.items[j].text, value.items[j+1])
			}
			return sent
		case "arguments":
			args = value
		}
	}
	forms := 2 + len(args.items) // nothing that is optional, all of it, or one of it alone
	layouts := w.layouts
	if !takes(args, "key") && name != "pt.deliter|next" {
		layouts = layouts[:1]
	}
	for _, l := range layouts {
		if len(layouts) > 1 {
			w.restore(t, operator, l)
		}
		tried := map[string]bool{}
		for form := range forms {
			for size := range worstNumbers {
				v := &values{worst: w, layout: l, size: size, form: form}
				line := strings.Split(strings.ToUpper(name), "|")
				for i, a := range args.items {
					if optional(a) && form != 1 && form != i+2 {
						continue
					}
					line = append(line, v.of(t, a)...)
				}
				key := strings.Join(line, " ")
				if tried[key] {
					continue
				}
				tried[key] = true
				w.send(t, line)
				sent++
			}
		}
		if held := stalls(t, operator); held != "" {
			t.Errorf("%s on %s held up the event loop: %s", name, l.prefix, held)
			operator.mustReply(t, "CONFIG", "RESETSTAT")
		}
	}
	return sent
}

// stalls is what INFO says has held up a loop.
func stalls(t *testing.T, c *client) string {
	t.Helper()
	var held []string
	for name, n := range infoLines(t, c, "stats") {
		if what, ok := strings.CutPrefix(name, "loop_stalls_"); ok {
			held = append(held, what+" "+n)
		}
	}
	return strings.Join(held, ", ")
}

// send sends one command from a connection of its own, which is on an event loop until the command
// leaves it, and waits for the reply, or the first megabyte of it.
func (w *worst) send(t *testing.T, args []string) {
	t.Helper()
	nc, err := net.DialTimeout("tcp", w.addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	var b bytes.Buffer
	for _, words := range [][]string{args, {"ECHO", "the-end"}} {
		fmt.Fprintf(&b, "*%d\r\n", len(words))
		for _, word := range words {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
		}
	}
	go nc.Write(b.Bytes()) // it may have to wait for replies to be read
	in := make([]byte, 64<<10)
	tail := make([]byte, 0, 128<<10)
	for total := 0; total < 1<<20; {
		n, err := nc.Read(in)
		if n == 0 && err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Errorf("%.100q: no reply within %v", args, patience)
			}
			return
		}
		total += n
		tail = append(tail[max(0, len(tail)-32):], in[:n]...)
		if bytes.Contains(tail, []byte("the-end")) || bytes.HasSuffix(tail, []byte("+QUEUED\r\n")) {
			return
		}
	}
}

// values makes up arguments.
type values struct {
	worst  *worst
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
		return []string{v.worst.tokens[v.layout.prefix]}
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
