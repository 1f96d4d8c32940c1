package integration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLongCommandsKeepTheirPlace mixes commands that leave the event loop with others, in a
// transaction, in a pipeline and behind CLIENT REPLY SKIP: each is executed once, in its order,
// and answered as if it had stayed.
func TestLongCommandsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for name, conversationOf := range map[string][2]string{
		"in a transaction": {
			"MULTI\r\nPT.ADD a: 1\r\nPT.ADDRANGE v: 0 20000000\r\nPT.ADD a: 2\r\nEXEC\r\nPING\r\nQUIT\r\n",
			"+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n:1\r\n:20000000\r\n:1\r\n+PONG\r\n+OK\r\n"},
		"in a pipeline": {
			"PT.ADD b: 1\r\nPT.ADDRANGE w: 0 20000000\r\nPT.COUNT w: RANGE 0 20000000\r\nSRANDMEMBER none: 500\r\nPT.ADD b: 2\r\nQUIT\r\n",
			":1\r\n:20000000\r\n:20000000\r\n*0\r\n:1\r\n+OK\r\n"},
		"with its reply taken away": {
			"CLIENT REPLY SKIP\r\nPT.ADDRANGE x: 0 20000000\r\nECHO x\r\nQUIT\r\n",
			"$1\r\nx\r\n+OK\r\n"},
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

// TestLongCommandsAreCountedOnce: a command that is put off and executed later is one call, shown
// once, and those of EXEC count as themselves.
func TestLongCommandsAreCountedOnce(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c, monitor := connect(t, s.addr), connect(t, s.addr)
	monitor.mustDo(t, "MONITOR", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE v: 0 20000000", integer(20_000_000))
	c.mustDo(t, "MULTI", simple("OK"))
	for range 3 {
		c.mustDo(t, "PT.ADD v: 30000000", simple("QUEUED"))
	}
	c.mustReply(t, "EXEC")
	c.mustDo(t, "ECHO end", bulk("end"))
	var shown []string
	for {
		r, err := monitor.receive()
		if err != nil {
			t.Fatal(err)
		}
		_, command, _ := strings.Cut(r.text, "] ")
		if shown = append(shown, command); strings.Contains(command, "end") {
			break
		}
	}
	add := `"PT.ADD" "v:" "30000000"`
	want := []string{`"PT.ADDRANGE" "v:" "0" "20000000"`, `"MULTI"`, add, add, add, `"EXEC"`, `"ECHO" "end"`}
	if fmt.Sprint(shown) != fmt.Sprint(want) {
		t.Errorf("MONITOR shows\n%q, want\n%q", shown, want)
	}
	stats := c.mustReply(t, "INFO", "commandstats").text
	for command, calls := range map[string]int{"pt.addrange": 1, "pt.add": 3, "exec": 1, "multi": 1} {
		if !strings.Contains(stats, fmt.Sprintf("cmdstat_%s:calls=%d,", command, calls)) {
			t.Errorf("%s is not counted %d times in\n%s", command, calls, stats)
		}
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
