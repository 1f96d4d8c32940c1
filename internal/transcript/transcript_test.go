package transcript

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const session = `# One line about it.

> PING
PONG
--- a block
# Why.
> PT.DELITER OPEN v:
"$token"
> SPOP v: 0
# RESP2
(empty array)
# RESP3
(empty set)
> CLIENT REPLY OFF

> TIME
1) "*"
2) "*"
`

func TestParse_KeepsWhatItReads(t *testing.T) {
	f, err := Parse(session)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.String(); got != session {
		t.Errorf("written again it is\n%s", got)
	}
	if len(f.Blocks) != 2 || f.Blocks[0].Name != "" || f.Blocks[1].Name != "a block" || len(f.Blocks[1].Steps) != 4 {
		t.Fatalf("%+v", f.Blocks)
	}
	spop := f.Blocks[1].Steps[1]
	if spop.Line != 9 || spop.Command != "SPOP v: 0" || spop.Reply.In(2) != "(empty array)" || spop.Reply.In(3) != "(empty set)" {
		t.Errorf("%+v", spop)
	}
	if time := f.Blocks[1].Steps[3].Reply; time.In(2) != "1) \"*\"\n2) \"*\"" || time.In(3) != time.In(2) {
		t.Errorf("%+v", time)
	}
	if _, err := Parse("> PING\nPONG\n\nPONG\n"); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("a reply without a command: %v", err)
	}
}

func TestWords(t *testing.T) {
	for command, want := range map[string][]string{
		`PT.ADD  vec: 1 `:        {"PT.ADD", "vec:", "1"},
		`ECHO "" ''`:             {"ECHO", "", ""},
		`ECHO "a b\n\x00\"\\" *`: {"ECHO", "a b\n\x00\"\\", "*"},
		`ECHO 'a\'b\n'`:          {"ECHO", `a'b\n`},
	} {
		if got, err := Words(command); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", command, got, err, want)
		}
	}
	for _, command := range []string{`ECHO "a`, `ECHO 'a`, `ECHO "a"b`, `ECHO "a\`} {
		if got, err := Words(command); !errors.Is(err, ErrQuotes) {
			t.Errorf("%s: %q, %v", command, got, err)
		}
	}
}

func TestNames(t *testing.T) {
	n := Names{}
	for _, c := range []struct {
		written, reply string
		want           bool
	}{
		{`(integer) 1`, `(integer) 12`, false},
		{`1) "*"`, `1) "x y"`, true},
		{`1) "*"`, "1) \"x\"\n2) \"y\"", false},
		{`id=* name=*`, `id=7 name=`, true},
		{`a.c`, `abc`, false},
		{"1) \"$a\"\n2) \"$b\"", "1) \"one\"\n2) \"two\"", true},
		{`"$a"`, `"one"`, true},
		{`"$a"`, `"two"`, false},
		{`"$c $c"`, `"three four"`, false},
		{`"$d"`, `"a b"`, false},
	} {
		if got := n.Match(c.written, c.reply); got != c.want {
			t.Errorf("%q for %q is %v", c.written, c.reply, got)
		}
	}
	if got := n.Expand("PT.DELITER NEXT $a $b $unknown $5"); got != "PT.DELITER NEXT one two $unknown $5" {
		t.Error(got)
	}
	if got := n.Rewrite("1) \"*\"\n2) \"old\"", "1) \"x\"\n2) \"one\""); got != "1) \"*\"\n2) \"$a\"" {
		t.Errorf("%q", got)
	}
	if got := n.Rewrite("1) *", "1) x\n2) y"); got != "1) *\n2) y" {
		t.Errorf("%q", got)
	}
}

func TestFormat(t *testing.T) {
	for replies, want := range map[string]string{
		"":                             "",
		"+OK\r\n":                      "OK",
		"-ERR no\r\n":                  "(error) ERR no",
		":-1\r\n":                      "(integer) -1",
		"$-1\r\n":                      "(nil)",
		"*-1\r\n":                      "(nil)",
		"_\r\n":                        "(nil)",
		"$0\r\n\r\n":                   `""`,
		"$7\r\n\"\\\n\r\t\x00\xff\r\n": `"\"\\\n\r\t\x00\xff"`,
		"=8\r\ntxt:a\n\nb\r\n":         "a\nb",
		"*0\r\n":                       "(empty array)",
		"~0\r\n":                       "(empty set)",
		"%0\r\n":                       "(empty hash)",
		"~1\r\n:1\r\n":                 "1~ (integer) 1",
		"%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*2\r\n:1\r\n:2\r\n":         "1# \"a\" => (integer) 1\n2# \"b\" =>\n   1) (integer) 1\n   2) (integer) 2",
		"%1\r\n+k\r\n*1\r\n%1\r\n+l\r\n~1\r\n:1\r\n":                   "1# k => 1) 1# l => 1~ (integer) 1",
		"*2\r\n*1\r\n:5\r\n*2\r\n*1\r\n:6\r\n:7\r\n":                   "1) 1) (integer) 5\n2) 1) 1) (integer) 6\n   2) (integer) 7",
		"*10\r\n" + strings.Repeat("+x\r\n", 9) + "*2\r\n+y\r\n+z\r\n": " 1) x\n 2) x\n 3) x\n 4) x\n 5) x\n 6) x\n 7) x\n 8) x\n 9) x\n10) 1) y\n    2) z",
		"+A\r\n+B\r\n": "A\nB",
	} {
		if got, err := Format([]byte(replies), false); err != nil || got != want {
			t.Errorf("%q: %v\n%s\nwant\n%s", replies, err, got, want)
		}
	}
	for _, bad := range []string{"+OK", "\r\n", "?\r\n", "$2\r\na\r\n", "$x\r\n", "*2\r\n:1\r\n", "*x\r\n", "$1\r\nab\r\n", "%1\r\n+a\r\n", "=1\r\na\r\n"} {
		if got, err := Format([]byte(bad), false); !errors.Is(err, ErrReply) {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
	if s := (Step{Command: "CLIENT LIST x", Reply: Reply{RESP2: "ERR no"}}); !s.IsError() {
		t.Error("an error without a mark is none")
	}
	if s := (Step{Command: "ECHO x", Reply: Reply{RESP2: "ERR no"}}); s.IsError() {
		t.Error("what looks like an error is one")
	}
	words := []string{"client", "list", "TYPE", "x"}
	if got, _ := Format([]byte("-ERR no\r\n$4\r\na\"b\n\r\n"), Plain(words)); got != "ERR no\na\"b" {
		t.Errorf("plain: %q", got)
	}
}
