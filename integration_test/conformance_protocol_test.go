package integration_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// saying is a check that bytes are answered with these bytes.
func saying(bytes, want string) func(*testing.T, subject) {
	return func(t *testing.T, s subject) { s.raw(t, bytes, want) }
}

const noSuchThing = "neither attributes, big numbers nor booleans are sent"

var protocolChecks = []check{
	{id: "C1", claim: "an empty line is ignored", run: saying("\r\nPING\r\n", pingedOnce)},
	{id: "C2", claim: "a negative count is ignored", run: saying("*-10\r\nPING\r\n", pingedOnce)},
	{id: "C3", claim: "a count out of range is refused", run: saying("*3000000000\r\n", badCount)},
	{id: "C4", claim: "a wrong header is named", run: saying("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "-ERR Protocol error: expected '$', got 'f'\r\n")},
	{id: "C5", claim: "a negative length is refused", run: saying("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$-10\r\n", badLength)},
	{id: "C6", claim: "a length out of range is refused", run: saying("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$2000000000\r\n", badLength)},
	{id: "C7", claim: "a length that is none is refused", run: saying("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$blabla\r\n", badLength)},
	{id: "C8", claim: "a header that is none is named", run: saying("*1\r\nfoo\r\n", "-ERR Protocol error: expected '$', got 'f'\r\n")},
	{id: "C9", claim: "a wrong number of arguments is an error", run: saying("PING x y z\r\n", "-ERR wrong number of arguments for 'ping' command\r\n")},
	{id: "C10", claim: "unbalanced quotes are refused", run: saying("set \"\"\"test-key\"\"\" test-value\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n")},
	{id: "C11", claim: "NUL and endless data end in a protocol error", run: endless("\x00")},
	{id: "C12", claim: "* NUL and endless data end in a protocol error", run: endless("*\x00")},
	{id: "C13", claim: "$ NUL and endless data end in a protocol error", run: endless("$\x00")},
	{id: "C14", claim: "null is that of the protocol version", run: nullReplies},
	{id: "C15", claim: "replies wait until they are read", run: deferredReads},
	{id: "C16", claim: "replies of many lines come whole", run: saying("MULTI\r\nPING\r\nECHO a\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+PONG\r\n$1\r\na\r\n")},
	{id: "C17", claim: "RESP3 attributes", na: noSuchThing},
	{id: "C18", claim: "RESP3 big numbers", na: noSuchThing},
	{id: "C19", claim: "RESP3 booleans", na: noSuchThing},
	{id: "C20", claim: "RESP3 verbatim strings", run: verbatim},
	{id: "C21", claim: "attributes do not leak, nor into RESP2", na: noSuchThing},
	{id: "C22", claim: "20,001 arguments", run: manyArguments},
	{id: "C23", claim: "rewriting arguments leaks nothing", na: "no command rewrites its arguments"},
	{id: "C24", claim: "blocking commands in a pipeline, then the end", na: "no command blocks"},
}

// endless sends data that begins like this and never ends a line, until it has the protocol
// error. (With line ends each line that does not begin with * is a command here, unknown and
// answered, where Redis sees no line end behind a NUL.)
func endless(begin string) func(*testing.T, subject) {
	return func(t *testing.T, s subject) {
		for range 20 { // Redis resets the connection, and the error may be lost in that
			conn, err := net.Dial("tcp", s.with(t, plainOptions))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(30 * time.Second))
			data := []byte(begin)
			for err == nil {
				_, err = conn.Write(data)
				data = []byte(strings.Repeat("A", 1024))
			}
			if os.IsTimeout(err) {
				t.Fatal("it takes data without end")
			}
			got, err := io.ReadAll(conn)
			if strings.Contains(string(got), "Protocol error") {
				return
			}
			if !s.redis {
				t.Fatalf("replied %q, %v", got, err)
			}
		}
		t.Fatal("there is no protocol error")
	}
}

// aNull is a command that replies with null.
func (s subject) aNull() string {
	if s.redis {
		return "GET nosuch"
	}
	return "PT.TAKENEXT nosuch"
}

func nullReplies(t *testing.T, s subject) {
	c := s.connect(t)
	c.mustDo(t, s.aNull(), null2)
	c.mustReply(t, "HELLO", "3")
	c.mustDo(t, s.aNull(), null3)
	c.mustReply(t, "HELLO", "2")
	c.mustDo(t, s.aNull(), null2)
}

func deferredReads(t *testing.T, s subject) {
	c := s.connect(t)
	for range 3 {
		c.send(words(s.aNull())...)
	}
	c.send("PING")
	c.out.Flush()
	connect(t, s.with(t, plainOptions)).mustDo(t, "PING", pingedOnce)
	for _, want := range []string{null2, null2, null2, pingedOnce} {
		if r, err := c.receive(); err != nil || r.raw != want {
			t.Fatalf("%q, %v, want %q", r.raw, err, want)
		}
	}
}

func verbatim(t *testing.T, s subject) {
	c := s.connect(t)
	if r := c.mustReply(t, "INFO", "server"); r.kind != '$' {
		t.Errorf("RESP2: %.40q", r.raw)
	}
	c.mustReply(t, "HELLO", "3")
	if r := c.mustReply(t, "INFO", "server"); r.kind != '=' || !strings.HasPrefix(r.text, "txt:") {
		t.Errorf("RESP3: %.40q", r.raw)
	}
}

func manyArguments(t *testing.T, s subject) {
	args := []string{"EXISTS"}
	for i := range 20_000 {
		args = append(args, fmt.Sprintf("nosuch:%d", i))
	}
	s.connect(t).mustDoArgs(t, args, integer(0))
}

var pipelineChecks = []check{
	{id: "C25", claim: "100,000 pairs of commands in one pipeline", run: longPipeline},
	{id: "C26", claim: "QUIT says OK", run: func(t *testing.T, s subject) { quits(t, s, "", "") }},
	{id: "C27", claim: "commands behind QUIT are not executed", run: func(t *testing.T, s subject) {
		quits(t, s, "SETBIT quit 1 1\r\n", "")
	}},
	{id: "C28", claim: "nor when they fill more than a read", run: func(t *testing.T, s subject) {
		quits(t, s, strings.Repeat("SETBIT quit 1 1\r\n", 20_000), "")
	}},
	{id: "C29", claim: "RESET clears the connection's state", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "CLIENT SETNAME one", simple("OK"))
		c.mustReply(t, "HELLO", "3")
		c.mustDo(t, "RESET", simple("RESET"))
		c.mustDo(t, "CLIENT GETNAME", null2)
	}},
	{id: "C30", claim: "RESET ends MONITOR", run: func(t *testing.T, s subject) {
		c, other := s.connect(t), s.connect(t)
		c.mustDo(t, "MONITOR", simple("OK"))
		c.mustDo(t, "RESET", simple("RESET"))
		other.mustDo(t, "ECHO seen", bulk("seen"))
		c.mustDo(t, "PING", pingedOnce)
	}},
	{id: "C31", claim: "RESET ends MULTI", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "MULTI", simple("OK"))
		c.mustDo(t, "SETBIT reset 1 1", simple("QUEUED"))
		c.mustDo(t, "RESET", simple("RESET"))
		c.mustDo(t, "GETBIT reset 1", integer(0))
		c.mustDo(t, "EXEC", failure("ERR EXEC without MULTI"))
	}},
	{id: "C32", claim: "RESET ends subscriptions", na: "there are none"},
	{id: "C33", claim: "RESET takes the authentication away", run: func(t *testing.T, s subject) {
		c := connect(t, s.with(t, options{password: "secret"}))
		c.mustDo(t, "AUTH secret", simple("OK"))
		c.mustDo(t, "PING", pingedOnce)
		c.mustDo(t, "RESET", simple("RESET"))
		c.mustDo(t, "PING", failure("NOAUTH Authentication required."))
	}},
}

func longPipeline(t *testing.T, s subject) {
	c := s.connect(t)
	const pairs = 100_000
	sent := make(chan error, 1)
	go func() {
		for i := range pairs {
			c.send("SETBIT", "pairs", fmt.Sprint(i), "1")
			c.send("GETBIT", "pairs", fmt.Sprint(i))
		}
		sent <- c.out.Flush()
	}()
	for i := range pairs {
		for _, want := range []string{":0\r\n", ":1\r\n"} {
			c.raw = c.raw[:0]
			if _, err := c.read(); err != nil || string(c.raw) != want {
				t.Fatalf("pair %d: %q, %v, want %q", i, c.raw, err, want)
			}
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	c.mustDo(t, "BITCOUNT pairs", integer(pairs))
}

func quits(t *testing.T, s subject, behind, want string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.with(t, plainOptions))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "QUIT\r\n"+behind) // the server need not read what is behind
	got := make([]byte, 5)
	if n, err := io.ReadFull(conn, got); string(got[:n]) != "+OK\r\n" {
		t.Fatalf("QUIT: %q, %v", got[:n], err)
	}
	if rest, _ := io.ReadAll(conn); string(rest) != want { // its end may be a reset
		t.Fatalf("behind QUIT came %q", rest)
	}
	s.connect(t).mustDo(t, "GETBIT quit 1", integer(0))
}
