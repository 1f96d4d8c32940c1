package commands

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// leaver notes of each command whether it was answered off its loop.
type leaver struct {
	resp.Handler
	mu   sync.Mutex
	left map[string]bool // by the client's address
}

func (l *leaver) Open(c *resp.Conn) resp.Session {
	return leaverSession{l.Handler.Open(c), c, l}
}

type leaverSession struct {
	resp.Session
	c   *resp.Conn
	all *leaver
}

func (s leaverSession) Serve(args [][]byte) {
	s.Session.Serve(args)
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.all.left[s.c.RemoteAddr()] = !s.c.OnLoop()
}

// has tells whether a client has left, of which there was a reply: it was noted before that.
func (l *leaver) has(client net.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left[client.String()]
}

// ids are n numbers, each so far from the next, behind a line.
func ids(line string, n, apart int) string {
	var b strings.Builder
	b.WriteString(line)
	for i := range n {
		fmt.Fprintf(&b, " %d", (i+20_000)*apart)
	}
	return b.String()
}

// keyList are n keys, likewise.
func keyList(line, prefix string, n, apart int) string {
	var b strings.Builder
	b.WriteString(line)
	for i := range n {
		fmt.Fprintf(&b, " %s%012d", prefix, (i+20_000)*apart)
	}
	return b.String()
}

// leavers are lines that are long work, for each reason that the command has, and for
// each another that is not. They are executed on the ground of leaverGround; TOKEN is
// of an iterator over far2:.
var leavers = []struct{ long, short string }{
	{ids("PT.ADD new:", 200, 1<<18), ids("PT.ADD new2:", 200, 1)},
	{ids("SADD new3:", 200, 1<<18), ids("SADD new4:", 200, 1)},
	{ids("PT.MCLAIM new5:", 200, 1<<18), ids("PT.MCLAIM new6:", 200, 1)},
	{keyList("PT.ADDKEY", "far:", 200, 1<<18), keyList("PT.ADDKEY", "far:", 100, 1)},
	{keyList("PT.ADDKEY", "new9:", 500, 1), keyList("PT.ADDKEY", "new10:", 5, 1)},
	{keyList("PT.REMKEY", "new9:", 500, 1), keyList("PT.REMKEY", "new9:", 5, 1)},
	{"PT.ADDRANGE new11: 0 5000000", "PT.ADDRANGE new12: 0 50000"},
	{"PT.REMRANGE dense2: 0 67108864", "PT.REMRANGE dense: 0 5"},
	{"PT.COUNT dense: RANGE 1 67108863", "PT.COUNT dense: RANGE 0 67108864"},
	{"PT.MAP dense:", "PT.MAP dense: RANGE 0 8000000"},
	{"PT.MAP dense: RANGE 0 5 CELLS 65536", "PT.MAP dense: RANGE 0 5 CELLS 10000 GRAPH"},
	{"BITCOUNT dense: 1 8000000", "BITCOUNT dense: 1 80000"},
	{ids("PT.FORMAT dense:", 1500, 1), ids("PT.FORMAT dense:", 15, 1)},
	{keyList("PT.PARSE", "dense:", 500, 1), keyList("PT.PARSE", "dense:", 5, 1)},
	{"PT.CLAIMNEXT holes: COUNT 2000", "PT.CLAIMNEXT holes: COUNT 20"},
	{"PT.CLAIMNEXT new13: COUNT 65536 KEYS", "PT.CLAIMNEXT new14: COUNT 10 KEYS"},
	{"PT.TAKENEXT sparse: COUNT 2000", "PT.TAKENEXT sparse: COUNT 20"},
	{"PT.TAKENEXT dense: COUNT 65536 KEYS", "PT.TAKENEXT dense: COUNT 10 KEYS"},
	{"PT.CLAIMNEXT new15: EXCEPT even: ONLY even2:", "PT.CLAIMNEXT new16: EXCEPT even: COUNT 20"},
	{"PT.TAKENEXT odd: ONLY even:", "PT.TAKENEXT odd: EXCEPT even: COUNT 20"},
	{"PT.SCAN odd: 0 ONLY even:", "PT.SCAN odd: 0 EXCEPT even:"},
	{"PT.COUNT dense: ONLY dense2:", "PT.COUNT odd: EXCEPT far:"},
	{"PT.CLAIMNEXT holes: COUNT 2000 LEASE 600000", "PT.CLAIMNEXT first: LEASE 600000"},
	{"PT.TAKENEXT sparse: COUNT 2000 LEASE 600000", "PT.TAKENEXT dense3: LEASE 600000"},
	{"PT.CONFIRM MANY", "PT.CONFIRM ONE"},
	{"PT.RELEASE MORE", "PT.RELEASE OTHER"},
	{"PT.LEASES lent: COUNT 1000", "PT.LEASES lent:"},
	{"PT.DELITER NEXT TOKEN COUNT 2000", "PT.DELITER NEXT TOKEN COUNT 20"},
	{"PT.DELITER NEXT TOKEN COUNT 65536 KEYS", "PT.DELITER NEXT TOKEN COUNT 10 KEYS"},
	{"PT.SCAN far: 0 COUNT 2000", "PT.SCAN far: 0 COUNT 20"},
	{"PT.SCAN far: 0 COUNT 2000 RUNS", "PT.SCAN far: 0 COUNT 20 RUNS"},
	{"PT.SCAN odd: 0 COUNT 65536 RUNS", "PT.SCAN dense: 0 COUNT 10000 RUNS"},
	{"PT.SCAN odd: 0 ONLY even: RUNS", "PT.SCAN odd: 0 EXCEPT even: RUNS"},
	{"PT.SCAN far: 0 RANGE 0 1500000000 RANDOM 7", "PT.SCAN dense: 0 RANDOM 7"},
	{"PT.SCAN dense: 0 COUNT 65536 KEYS", "PT.SCAN dense: 0 COUNT 10 KEYS"},
	{"PT.SAMPLE far: COUNT 100", "PT.SAMPLE dense: DIST LATEST .99 SCRAMBLE DISTINCT"},
	{"PT.SAMPLE far: COUNT 100 DIST ZIPF 1 RANGE 1000000 1500000000", "PT.SAMPLE far: DIST ZIPF 1 RANGE 20000 20100"},
	{"PT.SAMPLE dense: ONLY far: COUNT 100", "PT.SAMPLE dense: EXCEPT far: COUNT 256"},
	{"PT.SAMPLE dense: COUNT 65536", "PT.SAMPLE dense: COUNT 256 HIT 1 DIST NORMAL .5 .1"},
	{"PT.SAMPLE dense: COUNT 1000 KEYS", "PT.SAMPLE dense: COUNT 256 KEYS"},
	{"PT.PARTITION dense: 65536", "PT.PARTITION dense: 65"},
	{"PT.CURSOR NEXT lost", "PT.CURSOR NEXT found"},
	{"PT.CURSOR NEXT found COUNT 65536", "PT.CURSOR NEXT found COUNT 100"},
	{"PT.CURSOR NEXT all COUNT 65536 KEYS", "PT.CURSOR NEXT all COUNT 100 KEYS"},
	{"PT.CURSOR NEXT hidden", ""},
	{"PT.CURSOR INFO all", "PT.CURSOR INFO lost"},
	{"PT.CURSOR INFO counted", "PT.CURSOR INFO few"},
	{"SPOP far:", "SPOP dense:"},
	{"SPOP dense: 101", "SPOP dense: 10"},
	{"SRANDMEMBER far:", "SRANDMEMBER dense:"},
	{"SRANDMEMBER dense: 101", "SRANDMEMBER dense: 10"},
	{"SSCAN far: 0 COUNT 2000", "SSCAN far: 0 COUNT 20"},
	{"SSCAN dense: 0 COUNT 65536", "SSCAN dense: 0 COUNT 100"},
	{"SSCAN dense: 0 COUNT 1000 MATCH " + strings.Repeat("?*", 500), "SSCAN dense: 0 COUNT 10 MATCH 1*"},
	{"SCAN 0 COUNT 65536", "SCAN 0 COUNT 10"},
	{"SCAN 0 COUNT 100 MATCH " + strings.Repeat("?*", 500), "SCAN 0 COUNT 10 MATCH a*"},
	{"PT.TOTAL", ""},
	{"ECHO " + strings.Repeat("x", 100_000), "ECHO x"},
	{"PING " + strings.Repeat("x", 100_000), "PING x"},
	{"COMMAND DOCS" + strings.Repeat(" ping", 200), "COMMAND DOCS ping"},
	{"COMMAND INFO" + strings.Repeat(" ping", 200), "COMMAND INFO ping"},
	{"COMMAND LIST FILTERBY PATTERN " + strings.Repeat("x", 10_000), "COMMAND LIST FILTERBY PATTERN x"},
	{"CONFIG GET " + strings.Repeat("x", 10_000), "CONFIG GET x"},
}

// alwaysShort are the commands that are a few steps for each of their words, or for
// each thing that the server has a fixed number of, whatever there is. (Whose words
// are very many leaves its loop as any command.)
var alwaysShort = strings.Fields(`PT.CREATE PT.DROP PT.INFO PT.REM PT.EXISTS PT.MEXISTS PT.CLAIM PT.RENEW PT.DELITER|OPEN PT.DELITER|CLOSE PT.CURSOR|OPEN PT.CURSOR|SEEK PT.CURSOR|CLOSE PT.SYNC|STOP
	DBSIZE TYPE EXISTS DEL UNLINK RENAME RENAMENX TTL PTTL SREM SISMEMBER SMISMEMBER SCARD SETBIT GETBIT BITPOS MULTI EXEC DISCARD
	HELLO AUTH CLIENT|ID CLIENT|GETNAME CLIENT|SETNAME CLIENT|SETINFO CLIENT|INFO CLIENT|REPLY CLIENT|CACHING CLIENT|TRACKINGINFO
	CLIENT|GETREDIR CLIENT|NO-EVICT CLIENT|NO-TOUCH SELECT RESET QUIT
	COMMAND|COUNT COMMAND|GETKEYS SLOWLOG|LEN SLOWLOG|RESET CONFIG|SET CONFIG|RESETSTAT MEMORY|USAGE TIME ROLE WAIT ACL|WHOAMI ACL|CAT ACL|USERS MODULE|LIST READONLY READWRITE
	CLUSTER CLUSTER|INFO CLUSTER|KEYSLOT CLUSTER|MYID LATENCY|LATEST LATENCY|HISTOGRAM LATENCY|RESET SHUTDOWN
	BGSAVE BGREWRITEAOF LASTSAVE`)

// lend returns the token of a lease of n IDs, each in a word of its own.
func lend(x *server, n int) string {
	return strings.Split(do(x, fmt.Sprintf("PT.CLAIMNEXT lent: COUNT %d LEASE 600000 RUNS", n)), "\r\n")[2]
}

func leaverGround(t *testing.T, x *server) {
	t.Helper()
	lines := []string{"PT.CREATE dense: MAXID 67108864", "PT.ADDRANGE dense: 0 67108864", "PT.CREATE dense2: MAXID 67108864", "PT.ADDRANGE dense2: 0 67108864",
		"PT.ADDRANGE holes: 0 262144", "PT.ADDRANGE lent: 0 262144", "PT.ADD dense3: 5"}
	for i := range 6000 {
		lines = append(lines, fmt.Sprintf("PT.ADD far: %d", (i+1)<<18), fmt.Sprintf("PT.ADD far2: %d", (i+1)<<18), fmt.Sprintf("PT.ADD sparse: %d", i*64), fmt.Sprintf("PT.CREATE tenant:%d:", i))
	}
	for i := range 4096 {
		lines = append(lines, fmt.Sprintf("PT.REM holes: %d", i*64+33), fmt.Sprintf("PT.REM lent: %d", i*64+33), fmt.Sprintf("PT.ADD odd: %d", i*64+1), fmt.Sprintf("PT.ADD even: %d", i*64), fmt.Sprintf("PT.ADD even2: %d", i*64))
	}
	lines = append(lines, "PT.CURSOR OPEN lost far: RANGE 0 2147483648 RANDOM 1", "PT.CURSOR OPEN found dense: RANDOM 1", "PT.CURSOR OPEN all dense: RANGE 1 67108864",
		"PT.CURSOR OPEN hidden sparse: EXCEPT sparse:", "PT.CURSOR OPEN counted dense: RANDOM 1 RANGE 0 1000000", "PT.CURSOR OPEN few dense: RANDOM 1 RANGE 0 1000")
	for _, line := range lines {
		if got := do(x, line); got[0] == '-' {
			t.Fatal(line, got)
		}
	}
}

// TestLongCommands_LeaveTheirLoop: each command is Long, or leaves its loop when what it is asked for is long
// work, and for each of its reasons; or it is always short. What is short stays: to leave costs a goroutine, for
// good.
func TestLongCommands_LeaveTheirLoop(t *testing.T) {
	if resp.DefaultLoops() == 0 {
		t.Skip("event loops are there on Linux")
	}
	x := newServer(t, 0)
	leaverGround(t, x)
	all := &leaver{Handler: x.Engine, left: make(map[string]bool)}
	server := resp.NewServer(all, zerolog.Nop(), resp.DefaultConfig())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-served
	})
	token := strings.Split(do(x, "PT.DELITER OPEN far2:"), "\r\n")[1]
	tokens := strings.NewReplacer("TOKEN", token, "MANY", lend(x, 2000), "ONE", lend(x, 1), "MORE", lend(x, 2000), "OTHER", lend(x, 1))
	leaves := func(line string) bool {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		args := words(tokens.Replace(line))
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(args))
		for _, a := range args {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
		}
		if _, err := c.Write([]byte(b.String())); err != nil {
			t.Fatal(err)
		}
		if got, err := bufio.NewReader(c).ReadString('\n'); err != nil || got[0] == '-' {
			t.Fatalf("%.60s: %q, %v", line, got, err)
		}
		return all.has(c.LocalAddr())
	}
	tried := map[string]bool{}
	for _, l := range leavers {
		args := words(l.long)
		tried[strings.ToUpper(string(args[0]))] = true
		if len(args) > 1 {
			tried[strings.ToUpper(string(args[0])+"|"+string(args[1]))] = true
		}
		if !leaves(l.long) {
			t.Errorf("%.60s… stays on its loop", l.long)
		}
		if l.short != "" && leaves(l.short) {
			t.Errorf("%.60s leaves its loop", l.short)
		}
	}
	engine.Walk(x.Commands(), false, func(m *engine.Command) {
		known := 0
		for _, yes := range []bool{m.Long, tried[m.Name], slices.Contains(alwaysShort, m.Name)} {
			if yes {
				known++
			}
		}
		if m.Run != nil && known != 1 {
			t.Errorf("%s must be Long, among leavers, or among alwaysShort: it is %d of these", m.Name, known)
		}
	})
}
