package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestClientListShowsMemory: whoever looks for the client that takes the memory finds it in CLIENT LIST.
func TestClientListShowsMemory(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	operator, c := connect(t, s.addr), connect(t, s.addr)
	id := clientID(t, c)
	field := func(name string) int { return atoi(t, about(t, operator, id)[name]) }
	none := func(when string) {
		t.Helper()
		for _, name := range []string{"qbuf", "qbuf-free", "argv-mem", "multi-mem", "omem", "oll"} {
			eventually(t, fmt.Sprintf("%s is 0 %s", name, when), func() bool { return field(name) == 0 })
		}
		if events := about(t, operator, id)["events"]; events != "r" {
			t.Errorf("events=%s %s", events, when)
		}
	}
	none("at first")
	idle := field("tot-mem")
	if idle < 500 || idle > 20_000 {
		t.Errorf("an idle client takes %d bytes", idle)
	}

	// A command that is not whole.
	const half = 100_000
	fmt.Fprintf(c.out, "*2\r\n$4\r\nECHO\r\n$%d\r\n%s", 2*half, strings.Repeat("x", half))
	if err := c.out.Flush(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "half a command is there", func() bool { return field("qbuf") >= half && field("tot-mem") >= idle+half })
	fmt.Fprintf(c.out, "%s\r\n", strings.Repeat("x", half))
	if r, err := c.receive(); err != nil || len(r.text) != 2*half {
		t.Fatalf("ECHO replied %d bytes, %v", len(r.text), err)
	}
	none("after the command")
	if field("rbp") == 0 {
		t.Error("no reply was the largest")
	}

	// Commands that wait for EXEC.
	for _, line := range []string{"MULTI", "ECHO " + strings.Repeat("x", half)} {
		c.mustReply(t, words(line)...)
	}
	if queued := field("multi-mem"); queued < half || field("tot-mem") < idle+half {
		t.Errorf("multi-mem=%d", queued)
	}
	c.mustReply(t, "DISCARD")
	none("after DISCARD")

	// Replies that are not read.
	operator.mustReply(t, words("PT.ADDRANGE many: 0 2000000")...)
	c.send("SMEMBERS", "many:")
	if err := c.out.Flush(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the client is behind", func() bool {
		f := about(t, operator, id)
		return atoi(t, f["omem"]) > 0 && atoi(t, f["oll"]) > 0 && f["events"] == "rw"
	})
	if r, err := c.receive(); err != nil || len(r.items) != 2_000_000 {
		t.Fatalf("SMEMBERS: %v", err)
	}
	none("when all is read")

	// What is told to a client that does not read.
	for _, line := range []string{"HELLO 3", "CLIENT TRACKING ON BCAST"} {
		c.mustReply(t, words(line)...)
	}
	if f := about(t, operator, id); f["redir"] != "0" || f["flags"] != "tB" {
		t.Errorf("redir=%s flags=%s", f["redir"], f["flags"])
	}
	name := strings.Repeat("x", 400)
	for i := 0; field("oll") < 2; i++ { // what is being written, and what waits behind it
		operator.mustReply(t, "SADD", fmt.Sprint(name, i), "1")
	}
}
