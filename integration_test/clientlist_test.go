package integration_test

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// clientFields splits a line of CLIENT LIST.
func clientFields(line string) map[string]string {
	fields := make(map[string]string)
	for _, word := range strings.Fields(line) {
		name, value, _ := strings.Cut(word, "=")
		fields[name] = value
	}
	return fields
}

// about returns what CLIENT LIST ID says of one connection, nil if it is not there.
func about(t *testing.T, operator *client, id string) map[string]string {
	t.Helper()
	r := operator.mustReply(t, "CLIENT", "LIST", "ID", id)
	if r.text == "" {
		return nil
	}
	return clientFields(r.text)
}

// clientID asks a connection for its ID.
func clientID(t *testing.T, c *client) string {
	t.Helper()
	return c.mustReply(t, "CLIENT", "ID").text
}

// mustEnd reads until the connection ends, which it must do without half a reply.
func mustEnd(t *testing.T, c *client) {
	t.Helper()
	for {
		switch _, err := c.receive(); {
		case err == nil:
		case errors.Is(err, io.ErrUnexpectedEOF):
			t.Fatalf("a reply was cut short: %v", err)
		case isTimeout(err):
			t.Fatal("the connection goes on")
		default:
			return
		}
	}
}

func TestClientInfoLine(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustReply(t, words("CLIENT SETNAME worker-1")...)
	c.mustReply(t, words("CLIENT SETINFO lib-name go-redis")...)
	c.mustReply(t, words("CLIENT SETINFO LIB-VER 9.1")...)
	line := regexp.MustCompile(`^id=\d+ addr=\S+:\d+ laddr=\S+:\d+ fd=\d+ name=\S* age=\d+ idle=\d+ flags=[A-Za-z]+ db=0 sub=0 psub=0 ssub=0 ` +
		`multi=-?\d+ qbuf=[1-9]\d* qbuf-free=\d+ argv-mem=\d+ multi-mem=0 rbs=\d+ rbp=\d+ obl=0 oll=0 omem=0 tot-mem=[1-9]\d* events=r cmd=\S+ user=default redir=-1 resp=[23] lib-name=\S* lib-ver=\S*\n$`)
	for _, protocol := range []string{"2", "3"} {
		c.mustReply(t, "HELLO", protocol)
		kind, lead := byte('$'), ""
		if protocol == "3" {
			kind, lead = '=', "txt:"
		}
		for _, command := range []string{"CLIENT INFO", "CLIENT LIST"} {
			r := c.mustReply(t, words(command)...)
			text, verbatim := strings.CutPrefix(r.text, lead)
			if r.kind != kind || !verbatim || !line.MatchString(text) {
				t.Errorf("RESP%s %s replied %q", protocol, command, r.raw)
			}
			fields := clientFields(text)
			for name, want := range map[string]string{
				"id": clientID(t, c), "addr": c.conn.LocalAddr().String(), "laddr": s.addr, "name": "worker-1", "flags": "N", "multi": "-1",
				"cmd": strings.ToLower(strings.ReplaceAll(command, " ", "|")), "resp": protocol, "lib-name": "go-redis", "lib-ver": "9.1",
			} {
				if fields[name] != want {
					t.Errorf("RESP%s %s: %s is %q, want %q", protocol, command, name, fields[name], want)
				}
			}
		}
	}
}

// TestClientListShowsStates looks at a connection from another one, in each state that has a flag,
// and after RESET in none.
func TestClientListShowsStates(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator, c := connect(t, s.addr), connect(t, s.addr)
	id := clientID(t, c)
	for _, test := range []struct{ lines, flags, multi, cmd string }{
		{"PING", "N", "-1", "ping"},
		{"MULTI", "x", "0", "multi"},
		{"PING; PING", "x", "2", "multi"},
		{"EXEC", "N", "-1", ""},
		{"MULTI; PING; DISCARD", "N", "-1", "discard"},
		{"CLIENT NO-EVICT ON", "e", "-1", "client|no-evict"},
		{"CLIENT NO-TOUCH ON", "eT", "-1", "client|no-touch"},
		{"CLIENT NO-EVICT OFF; CLIENT NO-TOUCH OFF", "N", "-1", "client|no-touch"},
		{"HELLO 3; CLIENT TRACKING ON OPTIN", "t", "-1", "client|tracking"},
		{"CLIENT TRACKING OFF; HELLO 2", "N", "-1", "hello"},
		{"CLIENT SETNAME me; CLIENT NO-TOUCH ON; MULTI; RESET", "N", "-1", "reset"},
		{"MONITOR", "O", "-1", "monitor"},
	} {
		for line := range strings.SplitSeq(test.lines, "; ") {
			if r := c.mustReply(t, words(line)...); r.kind == '-' {
				t.Fatalf("%s replied %q", line, r.raw)
			}
		}
		fields := about(t, operator, id)
		if fields["flags"] != test.flags || fields["multi"] != test.multi || test.cmd != "" && fields["cmd"] != test.cmd {
			t.Errorf("after %s: flags=%s multi=%s cmd=%s, want %s, %s, %s", test.lines, fields["flags"], fields["multi"], fields["cmd"], test.flags, test.multi, test.cmd)
		}
	}
	if fields := about(t, operator, id); fields["name"] != "" {
		t.Errorf("RESET left the name %q", fields["name"])
	}
	silent := connect(t, s.addr)
	eventually(t, "the silent connection is listed", func() bool {
		return strings.Contains(operator.mustReply(t, "CLIENT", "LIST").text, "addr="+silent.conn.LocalAddr().String()+" ")
	})
	for line := range strings.Lines(operator.mustReply(t, "CLIENT", "LIST").text) {
		if f := clientFields(line); f["addr"] == silent.conn.LocalAddr().String() && f["cmd"] != "NULL" {
			t.Errorf("a connection without a command has cmd=%s, want NULL as in Redis", f["cmd"])
		}
	}
	operator.mustDo(t, "CLIENT LIST ID 99999999", bulk(""))
	operator.mustDo(t, "CLIENT LIST TYPE replica", bulk(""))
	all, normal := operator.mustReply(t, "CLIENT", "LIST").text, operator.mustReply(t, words("CLIENT LIST TYPE normal")...).text
	if strings.Count(all, "\n") != 3 || strings.Count(normal, "\n") != 3 || infoField(t, operator, "connected_clients") != 3 {
		t.Errorf("of 3 clients CLIENT LIST has\n%sand those of TYPE normal are\n%s", all, normal)
	}
}

// TestClientKillFilters ends one of two connections, by each thing that can be said of it.
func TestClientKillFilters(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator := connect(t, s.addr)
	for _, kill := range []string{
		"CLIENT KILL ADDR %addr", "CLIENT KILL ID %id", "CLIENT KILL %addr", "client kill id %id addr %addr skipme yes type normal user default maxage 0",
	} {
		victim, other := connect(t, s.addr), connect(t, s.addr)
		id, addr := clientID(t, victim), victim.conn.LocalAddr().String()
		other.mustDo(t, "PING", simple("PONG"))
		args := words(strings.NewReplacer("%id", id, "%addr", addr).Replace(kill))
		want := integer(1)
		if len(args) == 3 {
			want = simple("OK")
		}
		// Who is killed is gone at once: not to be killed again, and not listed.
		for range 2 {
			operator.send(args...)
		}
		operator.send("CLIENT", "LIST", "ID", id)
		var replies []string
		for range 3 {
			r, err := operator.receive()
			if err != nil {
				t.Fatal(err)
			}
			replies = append(replies, r.raw)
		}
		again := integer(0)
		if len(args) == 3 {
			again = failure("ERR No such client")
		}
		if replies[0] != want || replies[1] != again || replies[2] != bulk("") {
			t.Errorf("%s, twice, and CLIENT LIST ID replied %q", kill, replies)
		}
		mustEnd(t, victim)
		other.mustDo(t, "PING", simple("PONG"))
		for _, miss := range []string{"CLIENT KILL ID " + clientID(t, other) + " ADDR " + addr, "CLIENT KILL TYPE pubsub", "CLIENT KILL MAXAGE 1000000", "CLIENT KILL LADDR " + addr} {
			operator.mustDo(t, miss, integer(0))
		}
		other.mustDo(t, "PING", simple("PONG"))
	}
}

func TestClientKillAllButMe(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator := connect(t, s.addr)
	var others []*client
	for range 5 {
		c := connect(t, s.addr)
		c.mustDo(t, "PING", simple("PONG"))
		others = append(others, c)
	}
	operator.mustDo(t, "CLIENT KILL LADDR "+s.addr, integer(5))
	for _, c := range others {
		mustEnd(t, c)
	}
	eventually(t, "one connection is left", func() bool { return infoField(t, operator, "connected_clients") == 1 })

	// Oneself: the reply comes, what is behind it is not executed, and the connection ends.
	operator.send("CLIENT", "KILL", "LADDR", s.addr, "SKIPME", "no")
	operator.send("PT.ADD", "v:", "1")
	if r, err := operator.receive(); err != nil || r.raw != integer(1) {
		t.Errorf("CLIENT KILL SKIPME no replied %q, %v", r.raw, err)
	}
	mustEnd(t, operator)
	connect(t, s.addr).mustDo(t, "PT.COUNT v:", integer(0))
}

// TestKilledClientsWorkEnds: a long reply to somebody who is gone is work for nobody. The server must
// notice while it makes the reply, and so the connection is soon off its books. (The whole takes minutes.)
func TestKilledClientsWorkEnds(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator := connect(t, s.addr)
	const ids, replies = 200_000_000, 15
	operator.mustDo(t, fmt.Sprintf("PT.ADDRANGE v: 0 %d", ids), integer(ids))
	for _, end := range []func(c *client){
		func(c *client) { operator.mustDo(t, "CLIENT KILL ADDR "+c.conn.LocalAddr().String(), integer(1)) },
		func(c *client) { c.close() },
	} {
		c := connect(t, s.addr)
		c.send("MULTI")
		for range replies {
			c.send("SMEMBERS", "v:")
		}
		c.send("EXEC")
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c.conn, make([]byte, 1<<20)); err != nil { // it has begun
			t.Fatal(err)
		}
		end(c)
		eventually(t, "the dead client's connection is gone", func() bool { return infoField(t, operator, "connected_clients") == 1 })
	}
}

// TestKilledClientsTransactionIsWhole: replies are not made for somebody who is gone, but what EXEC was
// to change is changed, all of it.
func TestKilledClientsTransactionIsWhole(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator, c := connect(t, s.addr), connect(t, s.addr)
	const ids = 20_000_000
	operator.mustDo(t, fmt.Sprintf("PT.ADDRANGE v: 0 %d", ids), integer(ids))
	for _, line := range []string{"MULTI", "PT.ADD w: 1", "SMEMBERS v:", "PT.ADD w: 2", "SMEMBERS v:", "PT.ADD w: 3", "EXEC", "PT.ADD w: 4"} {
		c.send(words(line)...)
	}
	if err := c.out.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c.conn, make([]byte, 1<<20)); err != nil { // the first SMEMBERS has begun
		t.Fatal(err)
	}
	operator.mustDo(t, "CLIENT KILL ADDR "+c.conn.LocalAddr().String(), integer(1))
	eventually(t, "the killed client's connection is gone", func() bool { return infoField(t, operator, "connected_clients") == 1 })
	// Behind EXEC nothing is executed any more.
	operator.mustDo(t, "PT.SCAN w: 0", array(bulk("0"), array(integer(1), integer(2), integer(3))))
}
