package resp_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// FuzzWriter writes replies that the input describes and reads them back with a
// parser that knows nothing of the writer: whatever a reply holds, it is one
// reply, with the same content, in both protocols.
func FuzzWriter(f *testing.F) {
	f.Add([]byte("\x00hello\x01a\r\nb\x02\x03\x04\x05\x06\x07"), true)
	f.Add([]byte("\x04\x03\x05\x02\x06\x01\x00\x00\x07\xff"), false)
	f.Add(bytes.Repeat([]byte{4, 2, 3, 9}, 50), true)
	f.Fuzz(func(t *testing.T, script []byte, resp3 bool) {
		var out bytes.Buffer
		w := resp.NewWriter(&out)
		if resp3 {
			w.SetProtocol(3)
		}
		var want []string
		for len(script) > 0 {
			var said string
			said, script = write(w, script, 0)
			want = append(want, said)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rest := out.Bytes()
		for i, said := range want {
			got, more, err := readReply(rest, resp3)
			if err != nil || got != said {
				t.Fatalf("reply %d is %q, %v; written was %q", i, got, err, said)
			}
			rest = more
		}
		if len(rest) > 0 {
			t.Fatalf("%d bytes too many: %q", len(rest), rest)
		}
	})
}

// write takes one reply from the script and writes it. It returns a
// description of the reply and the rest of the script.
func write(w *resp.Writer, script []byte, depth int) (said string, rest []byte) {
	if len(script) == 0 {
		w.Null()
		return "null", nil
	}
	kind, script := script[0], script[1:]
	n := min(int(kind>>4), len(script))
	text := string(script[:n])
	line := strings.NewReplacer("\r", " ", "\n", " ").Replace(text)
	switch kind % 10 {
	case 0:
		w.BulkString(text)
		return "text " + text, script[n:]
	case 1:
		w.Bulk([]byte(text))
		return "text " + text, script[n:]
	case 2:
		w.SimpleString(text)
		return "line " + line, script[n:]
	case 3:
		w.Error(text)
		return "error " + line, script[n:]
	case 4:
		w.Verbatim(text)
		return "text " + text, script[n:]
	case 5:
		v := int64(len(text)) - 7
		for _, c := range []byte(text) {
			v = v*257 + int64(c)
		}
		w.Int(v)
		return fmt.Sprint("int ", v), script[n:]
	case 6:
		w.Null()
		return "null", script
	case 7:
		w.Bool(n > 3)
		return fmt.Sprint("int ", map[bool]int{true: 1}[n > 3]), script
	default:
		if depth > 4 {
			w.OK()
			return "line OK", script
		}
		items := n % 4
		switch {
		case kind%10 == 9 && n > 7:
			w.Map(items)
			items *= 2
		case kind%10 == 9:
			w.Set(items)
		default:
			w.Array(items)
		}
		said = fmt.Sprint("list ", items)
		for range items {
			var item string
			item, script = write(w, script, depth+1)
			said += "(" + item + ")"
		}
		return said, script
	}
}

// readReply reads one reply and describes it as write does.
func readReply(p []byte, resp3 bool) (said string, rest []byte, err error) {
	head, rest, ok := bytes.Cut(p, []byte("\r\n"))
	if !ok || len(head) == 0 {
		return "", nil, fmt.Errorf("no line in %.40q", p)
	}
	kind, body := head[0], string(head[1:])
	if strings.ContainsRune("=%~_", rune(kind)) && !resp3 {
		return "", nil, fmt.Errorf("a %c in RESP2", kind)
	}
	switch kind {
	case '+':
		return "line " + body, rest, nil
	case '-':
		return "error " + body, rest, nil
	case ':':
		return "int " + body, rest, nil
	case '_':
		return "null", rest, nil
	}
	n, err := strconv.Atoi(body)
	if err != nil {
		return "", nil, err
	}
	switch kind {
	case '$', '=':
		if n == -1 {
			return "null", rest, nil
		}
		if len(rest) < n+2 || string(rest[n:n+2]) != "\r\n" {
			return "", nil, fmt.Errorf("a string of %d bytes ends wrongly", n)
		}
		text := string(rest[:n])
		if kind == '=' {
			text = strings.TrimPrefix(text, "txt:")
		}
		return "text " + text, rest[n+2:], nil
	case '%':
		n *= 2
	case '*', '~':
	default:
		return "", nil, fmt.Errorf("a %c", kind)
	}
	said = fmt.Sprint("list ", n)
	for range n {
		var item string
		if item, rest, err = readReply(rest, resp3); err != nil {
			return "", nil, err
		}
		said += "(" + item + ")"
	}
	return said, rest, nil
}
