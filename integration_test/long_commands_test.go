package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A command that would hold up other clients is given a thread of its own: it is put off and run again.
// Nothing about it may show: not in a transaction, not with CLIENT REPLY SKIP, not to monitors, not in
// what is counted. Each is the first such command of its connection, for only that one is put off.

// longCommands are run on a ground where v: has the IDs 0 to 999 and w: those below 17,000,000.
var longCommands = []string{
	"SPOP v: 101", "SRANDMEMBER v: 101", "SRANDMEMBER v: -101", "PT.SAMPLE v: COUNT 2000 WITHSTATE SEED 1", "PT.SAMPLE w: COUNT 3 ONLY v: RANGE 0 17000000 SEED 1", "SMEMBERS none:",
	"PT.ADDRANGE new: 0 17000000", "PT.REMRANGE w: 0 16999999", "PT.COUNT w: RANGE 1 16999999", "BITCOUNT w: 0 2100000", "PT.MAP w: GRAPH",
	"PT.CLEAR w:", "PT.RESERVE new: 1000", "PT.LIST", "KEYS *", "SINTER v: v:", "SUNION v: none:", "SDIFF v: w:", "SINTERCARD 2 v: w: LIMIT 1000000", "SUNIONSTORE new: v: w:", "SINTERSTORE v: w: w:", "SDIFFSTORE w: w: v:", "BITOP XOR v: v: w:", "COPY w: v: REPLACE", "COPY w: new:",
	"FLUSHALL", "CLIENT TRACKING OFF", "DEBUG SLEEP 0",
}

// longGround is a server with that ground, made anew.
func longGround(t *testing.T, s *server) {
	t.Helper()
	c := connect(t, s.addr)
	c.mustDo(t, "FLUSHALL", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE v: 0 1000", integer(1000))
	c.mustDo(t, "PT.ADDRANGE w: 0 17000000", integer(17_000_000))
}

// shape is a reply without what is drawn at random.
func shape(r reply) string {
	kinds := string(r.kind)
	if r.kind == ':' || r.kind == '+' || r.kind == '-' {
		kinds += r.text
	}
	for _, item := range r.items {
		kinds += shape(item)
	}
	return kinds
}

func TestLongCommandsInTransactions(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--enable-debug-command", "yes")
	for _, line := range longCommands {
		longGround(t, s)
		want := connect(t, s.addr).mustReply(t, words(line)...)
		longGround(t, s)
		c := connect(t, s.addr)
		for _, line := range []string{"MULTI", "ECHO before", line, "ECHO after", "EXEC", "ECHO next"} {
			c.send(words(line)...)
		}
		var replies []reply
		for range 6 {
			r, err := c.receive()
			if err != nil {
				t.Fatalf("%s in a transaction: %v", line, err)
			}
			replies = append(replies, r)
		}
		exec := replies[4]
		if len(exec.items) != 3 || exec.items[0].text != "before" || shape(exec.items[1]) != shape(want) || exec.items[2].text != "after" || replies[5].text != "next" {
			t.Errorf("%s in a transaction: EXEC replied %.200q, then %.100q; by itself it replies %.100q", line, exec.raw, replies[5].raw, want.raw)
		}
	}
}

func TestLongCommandsWithoutReply(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--enable-debug-command", "yes")
	for _, line := range longCommands {
		longGround(t, s)
		c := connect(t, s.addr)
		for _, line := range []string{"CLIENT REPLY SKIP", line, "ECHO next"} {
			c.send(words(line)...)
		}
		if r, err := c.receive(); err != nil || r.text != "next" {
			t.Errorf("CLIENT REPLY SKIP and %s: the first reply is %.100q, %v", line, r.raw, err)
		}
	}
}

func TestLongCommandsAreShownAndCountedOnce(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--enable-debug-command", "yes")
	for _, line := range longCommands {
		longGround(t, s)
		watcher, operator, c := connect(t, s.addr), connect(t, s.addr), connect(t, s.addr)
		watcher.mustDo(t, "MONITOR", simple("OK"))
		operator.mustDo(t, "CONFIG RESETSTAT", simple("OK"))
		c.mustReply(t, words(line)...)
		c.mustDo(t, "ECHO the-end", bulk("the-end"))
		var shown []string
		for {
			r, err := watcher.receive()
			if err != nil {
				t.Fatal(err)
			}
			_, command, _ := strings.Cut(r.text, "] ")
			if shown = append(shown, command); command == `"ECHO" "the-end"` {
				break
			}
		}
		command := `"` + strings.Join(words(line), `" "`) + `"`
		if n := len(slices.DeleteFunc(slices.Clone(shown), func(c string) bool { return c != command })); n != 1 && !strings.HasPrefix(line, "DEBUG") {
			t.Errorf("%s is shown %d times: %q", line, n, shown)
		}
		calls := 0
		for name, tally := range commandTallies(t, operator) {
			if name != "config|resetstat" && name != "echo" {
				calls += tally.calls
			}
		}
		if calls != 1 {
			t.Errorf("%s is counted as %d calls", line, calls)
		}
	}
}

// TestLateAnswersToWrongPasswords: AUTH is put off, too, when there were wrong passwords before.
func TestLateAnswersToWrongPasswords(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--requirepass", "sesame")
	login := func() *client {
		c := connect(t, s.addr)
		c.mustDo(t, "AUTH sesame", simple("OK"))
		return c
	}
	one, two := login(), login()
	const wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
	stranger := connect(t, s.addr)
	for range 5 {
		stranger.mustDo(t, "AUTH wrong", wrong)
	}
	for _, line := range []string{"MULTI", "AUTH wrong", "ECHO after", "EXEC"} {
		one.send(words(line)...)
	}
	want := simple("OK") + simple("QUEUED") + simple("QUEUED") + array(wrong, bulk("after"))
	got := ""
	for range 4 {
		r, err := one.receive()
		if err != nil {
			t.Fatal(err)
		}
		got += r.raw
	}
	if got != want {
		t.Errorf("AUTH with a wrong password in a transaction: %q\nwant %q", got, want)
	}
	two.send(words("CLIENT REPLY SKIP")...)
	two.send(words("AUTH wrong")...)
	two.mustDo(t, "ECHO next", bulk("next"))
}

// TestLongCommandsKeepTheirPlace mixes commands that leave the event loop with others, in a
// pipeline and in a transaction that is long by its number of commands: each is executed once, in its
// order, and answered as if it had stayed.
func TestLongCommandsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for name, conversationOf := range map[string][2]string{
		"in a pipeline": {
			"PT.ADD b: 1\r\nPT.ADDRANGE w: 0 20000000\r\nPT.COUNT w: RANGE 0 20000000\r\nSRANDMEMBER none: 500\r\nPT.ADD b: 2\r\nQUIT\r\n",
			":1\r\n:20000000\r\n:20000000\r\n*0\r\n:1\r\n+OK\r\n"},
		"in a transaction of many": {
			"MULTI\r\n" + strings.Repeat("PT.CLAIMNEXT many:\r\n", 200) + "EXEC\r\nPT.COUNT many:\r\nQUIT\r\n",
			"+OK\r\n" + strings.Repeat("+QUEUED\r\n", 200) + integers(0, 200) + ":200\r\n+OK\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := conversation(t, s.addr, conversationOf[0]); got != conversationOf[1] {
				t.Errorf("%.300q\nwant %.300q", got, conversationOf[1])
			}
		})
	}
}

// TestBigTransactionsHoldUpNobody: one client has a transaction of huge replies executed and does
// not read them. Its neighbour is answered meanwhile.
func TestBigTransactionsHoldUpNobody(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	neighbour := connect(t, s.addr)
	hog := connect(t, s.addr)
	hog.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(hog.conn, "MULTI\r\n%sEXEC\r\n", strings.Repeat("PT.CLAIMNEXT x: COUNT 65536\r\n", 300)); err != nil {
		t.Fatal(err)
	}
	var slowest time.Duration
	for began := time.Now(); time.Since(began) < time.Second; {
		sent := time.Now()
		neighbour.mustDo(t, "PING", pingedOnce)
		slowest = max(slowest, time.Since(sent))
	}
	t.Logf("the slowest of the neighbour's replies took %v", slowest)
	if slowest > 2*time.Second { // 19 seconds when it was wrong
		t.Errorf("a reply took %v", slowest)
	}
}
