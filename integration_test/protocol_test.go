package integration_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestHello(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	shape := func(hello reply, kind byte, proto string) {
		t.Helper()
		if hello.kind != kind || len(hello.items) != 14 {
			t.Fatalf("HELLO replied %q", hello.raw)
		}
		id := hello.field(t, "id").text
		server, version := hello.field(t, "server").text, hello.field(t, "version").text
		want := bulk("server") + bulk(server) + bulk("version") + bulk(version) + bulk("proto") + ":" + proto + "\r\n" +
			bulk("id") + ":" + id + "\r\n" + bulk("mode") + bulk("standalone") + bulk("role") + bulk("master") +
			bulk("modules") + array()
		if _, fields, _ := strings.Cut(hello.raw, "\r\n"); fields != want {
			t.Fatalf("HELLO replied %q\nwant        %q", fields, want)
		}
		if server == "" || version == "" || atoi(t, id) < 1 {
			t.Fatalf("HELLO replied server %q, version %q, id %s", server, version, id)
		}
		c.mustDo(t, "CLIENT ID", ":"+id+"\r\n")
	}
	null := func(want string) {
		t.Helper()
		c.mustDo(t, "PT.TAKENEXT missing:", want)
	}

	null(null2)
	shape(c.mustReply(t, "HELLO"), '*', "2")
	shape(c.mustReply(t, "HELLO", "2"), '*', "2")
	shape(c.mustReply(t, "HELLO", "3"), '%', "3")
	null(null3)
	shape(c.mustReply(t, "hello"), '%', "3")
	for _, line := range []string{"HELLO 4", "HELLO 1"} {
		c.mustDo(t, line, failure("NOPROTO unsupported protocol version"))
	}
	for _, line := range []string{"HELLO three", "HELLO ''"} {
		c.mustDo(t, line, failure("ERR Protocol version is not an integer or out of range"))
	}
	c.mustDo(t, "HELLO 2 FOO", failure("ERR Syntax error in HELLO option 'FOO'"))
	null(null3)
	shape(c.mustReply(t, "HELLO", "2", "SETNAME", "loader"), '*', "2")
	null(null2)
	c.mustDo(t, "CLIENT GETNAME", bulk("loader"))
	connect(t, s.addr).mustDo(t, "CLIENT GETNAME", null2)
}

// TestSameAsRedis sends what both servers know to both and wants the same bytes.
func TestSameAsRedis(t *testing.T) {
	t.Parallel()
	redis := connect(t, startRedis(t).addr)
	tracker := connect(t, startServer(t).addr)
	long := strings.Repeat("x", 300)
	for _, args := range [][]string{
		{"PING"}, {"ping"}, {"PING", "hello"}, {"PING", ""}, {"PING", "a", "b"},
		{"ECHO", "a\r\n\x00b"}, {"ECHO", ""}, {"ECHO", long}, {"ECHO"}, {"ECHO", "a", "b"},
		{"SELECT", "0"}, {"SELECT", "99999"}, {"SELECT"},
		{"FOO"}, {"foo"}, {"FOO", "a", "b"}, {"FOO", ""}, {""}, {"", "a"}, {"FOO", "a\r\nb"}, {"F\r\nOO"},
		{long}, {long, "a"}, {"FOO", long}, {"FOO", long, "a"}, {"FOO", strings.Repeat("y", 100), long, "z"},
		{"CLIENT"}, {"CLIENT", "NOPE"}, {"CLIENT", "nope", "x"},
		{"CLIENT", "GETNAME"}, {"CLIENT", "SETNAME", "one"}, {"CLIENT", "GETNAME"}, {"CLIENT", "SETNAME", "a b"},
		{"CLIENT", "SETNAME", "a\nb"}, {"CLIENT", "GETNAME"}, {"CLIENT", "SETNAME", ""}, {"CLIENT", "GETNAME"},
		{"CLIENT", "SETNAME"}, {"CLIENT", "SETNAME", "a", "b"}, {"CLIENT", "ID", "x"}, {"CLIENT", "GETNAME", "x"},
		{"COMMAND", "NOPE"}, {"COMMAND", "COUNT", "x"}, {"COMMAND", "DOCS", "nosuch"},
		{"HELLO", "4"}, {"HELLO", "x"}, {"HELLO", "2", "FOO"},
	} {
		want, got := redis.mustReply(t, args...).raw, tracker.mustReply(t, args...).raw
		if got != want {
			t.Errorf("%.200q\n replied       %q\n redis replies %q", args, got, want)
		}
	}
}

func TestClientsIntroduceThemselves(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "CLIENT SETINFO lib-name go-redis", simple("OK"))
	c.mustDo(t, "client setinfo LIB-VER 9.23.0", simple("OK"))
	// A client that is told OK here waits for notifications that never come.
	if r := c.mustReply(t, "CLIENT", "MAINT_NOTIFICATIONS", "ON"); r.kind != '-' {
		t.Errorf("CLIENT MAINT_NOTIFICATIONS replied %q, want an error", r.raw)
	}
	info := c.mustReply(t, "INFO")
	for _, want := range []string{"# Server\r\n", "redis_version:", "tcp_port:", "role:master\r\n", "loading:0\r\n"} {
		if !strings.Contains(info.text, want) {
			t.Errorf("INFO lacks %q:\n%s", want, info.text)
		}
	}
	c.mustReply(t, "HELLO", "3")
	if info := c.mustReply(t, "INFO", "server"); info.kind != '=' || !strings.HasPrefix(info.text, "txt:# Server\r\n") {
		t.Errorf("RESP3 INFO server is %.100q, want a verbatim string", info.raw)
	}
}

func TestCommandTable(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	names := c.mustReply(t, "COMMAND", "LIST").texts()
	table := c.mustReply(t, "COMMAND")
	commands := 0
	for _, name := range names {
		if !strings.Contains(name, "|") { // a subcommand is no command of its own
			commands++
		}
	}
	if len(table.items) != commands || commands == len(names) {
		t.Errorf("COMMAND lists %d commands, COMMAND LIST %d of %d names", len(table.items), commands, len(names))
	}
	c.mustDo(t, "COMMAND COUNT", integer(commands))
	for _, name := range words("create drop list info add rem exists claim count addrange claimnext takenext partition scan") {
		if !slices.Contains(names, "pt."+name) {
			t.Errorf("COMMAND LIST lacks pt.%s", name)
		}
	}
	for _, command := range table.items {
		if command.kind != '*' || len(command.items) != 10 || command.items[0].kind != '$' || command.items[1].kind != ':' {
			t.Fatalf("a command in COMMAND is %v", command)
		}
	}
	info := c.mustReply(t, "COMMAND", "INFO", "PT.ADD", "nosuch")
	if len(info.items) != 2 || info.items[0].items[0].text != "pt.add" || info.items[0].items[3].text != "1" || info.items[1].kind != 0 {
		t.Errorf("COMMAND INFO PT.ADD nosuch replied %q", info.raw)
	}
	docs := c.mustReply(t, "COMMAND", "DOCS", "pt.claimnext")
	if len(docs.items) != 2 || docs.items[0].text != "pt.claimnext" || docs.items[1].field(t, "summary").text == "" {
		t.Errorf("COMMAND DOCS pt.claimnext replied %q", docs.raw)
	}
}

func TestPipelineIsAnsweredInOrder(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	const batch = 2000
	for i := range batch {
		c.send("PT.CLAIMNEXT", "vec:")
		c.send("ECHO", fmt.Sprint(i))
		c.send("PT.ADD", "vec:", "-1")
		c.send("PT.TAKENEXT", "vec:", "RANGE", fmt.Sprint(i+1), "1000000")
		c.send("NOPE", fmt.Sprint(i))
	}
	for i := range batch {
		for _, want := range []string{
			integer(i), bulk(fmt.Sprint(i)), badID, null2,
			failure(fmt.Sprintf("ERR unknown command 'NOPE', with args beginning with: '%d' ", i)),
		} {
			r, err := c.receive()
			if err != nil {
				t.Fatal(err)
			}
			if r.raw != want {
				t.Fatalf("round %d replied %q, want %q", i, r.raw, want)
			}
		}
	}
}

// TestSegmentsDoNotMatter sends one batch a byte at a time.
func TestSegmentsDoNotMatter(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	for _, b := range []byte("*3\r\n$6\r\nPT.ADD\r\n$4\r\nvec:\r\n$1\r\n7\r\n*1\r\n$4\r\nPING\r\nPT.EXISTS vec: 7\r\n") {
		if _, err := c.conn.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{integer(1), simple("PONG"), integer(1)} {
		if r, err := c.receive(); err != nil || r.raw != want {
			t.Fatalf("replied %q, %v, want %q", r.raw, err, want)
		}
	}
}

func TestNothingRunsAfterQuit(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	c.send("PT.ADD", "vec:", "1")
	c.send("QUIT")
	c.send("PT.ADD", "vec:", "2")
	for _, want := range []string{integer(1), simple("OK")} {
		if r, err := c.receive(); err != nil || r.raw != want {
			t.Fatalf("replied %q, %v, want %q", r.raw, err, want)
		}
	}
	if r, err := c.receive(); !errors.Is(err, io.EOF) {
		t.Fatalf("after QUIT came %q, %v, want the end of the connection", r.raw, err)
	}
	connect(t, s.addr).mustDo(t, "PT.EXISTS vec: 2", integer(0))
}
