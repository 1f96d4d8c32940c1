package integration_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the deaf readers of TestBooks_EveryCommandForDeafReaders are.
const (
	deafAtOnce = 200       // how many there are
	deafAsk    = 64 << 10  // how much each asks, if it is not one command of more
	deafLines  = 200       // and in how many commands at most: what EXEC changes, it changes to its end
	deafWait   = 100 << 10 // what the kernels have room for, also where nobody reads it
)

// deafManners are ways to ask for a command again and again: what comes before and behind.
var deafManners = []struct{ name, before, behind string }{
	{"one after the other", "", ""},
	{"in a transaction", "MULTI\r\n", "EXEC\r\n"},
	{"keeping the replies", "HELLO 3\r\nCLIENT TRACKING ON\r\n", ""},
	{"hearing of changes", "HELLO 3\r\nCLIENT TRACKING ON BCAST NOLOOP\r\n", ""},
	{"with RESP3", "HELLO 3\r\n", ""},
	{"without replies", "CLIENT REPLY OFF\r\n", ""},
}

// notForBooks is what would end or change the test itself.
var notForBooks = []string{"shutdown", "client|kill", "config|set"}

// TestBooks_EveryCommandForDeafReaders sends every command that the server says it has, in many forms,
// from clients who ask again and again and read no reply. Whatever the server keeps for them is in its
// books, and the books are balanced when they have gone. TEST_BOOKS=all tries all forms on all layouts,
// in all manners; else it is some of each command, other ones each time.
func TestBooks_EveryCommandForDeafReaders(t *testing.T) {
	t.Parallel()
	all := os.Getenv("TEST_BOOKS") == "all"
	needDescriptors(t, 2*deafAtOnce)
	s := startBooksServer(t, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000", "--latency-monitor-threshold", "1")
	operator := connect(t, s.addr)
	layouts := append(layoutsOf(worstLayouts(0), []string{"sparse:", "dense:", "missing:"}),
		layout{prefix: "far:", make: apart("far:", 300, farApart), count: 300},
		layout{prefix: "odd:", make: apart("odd:", 100_000, 2), count: 100_000})
	tokens := map[string]string{}
	begin := func() {
		pipelined(t, operator, 15_000, func(i int) []string {
			return []string{"PT.CREATE", fmt.Sprintf("tenant:%d:%s", i, strings.Repeat("x", 400))}
		})
		for _, l := range layouts {
			if err := l.restore(operator, tokens); err != nil {
				t.Fatal(err)
			}
		}
	}
	begin()
	crowd := &deafCrowd{addr: s.addr}
	defer crowd.leave()
	for range 3 {
		crowd.ask(t, "MONITOR\r\n")
	}
	tried := 0
	try := func(name string, l layout, line []string, manner int) {
		t.Helper()
		m := deafManners[manner%len(deafManners)]
		crowd.ask(t, insistently(m.before, line, m.behind))
		tried++
		if most := s.mostResidentBytes(t); most > booksMost && memoryCounts() {
			t.Fatalf("%s on %s, %s, when %d were tried: the server has had %s, more than %s\n%s",
				name, l.prefix, m.name, tried, mib(most), mib(booksMost), operator.mustReply(t, "INFO", "memory", "clients").text)
		}
	}
	for _, d := range documentedCommands(t, operator) {
		if slices.Contains(notForBooks, d.name) {
			continue
		}
		some := layouts
		if !all {
			some = []layout{layouts[rand.IntN(len(layouts))]}
		}
		for _, l := range some {
			if l.restore(operator, tokens) != nil { // what was tried before has filled the memory, and goes on
				crowd.leave()
				eventually(t, "all have gone", func() bool { return infoField(t, operator, "connected_clients") == 1 })
				operator.mustReply(t, "FLUSHALL")
				begin()
			}
			lines := d.worstForms(l.prefix, tokens[l.prefix])
			if !all {
				rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
				lines = lines[:min(len(lines), 4)]
			}
			for i, line := range lines {
				try(d.name, l, line, i+rand.IntN(len(deafManners)))
				if all || i == 0 {
					try(d.name, l, line, 0)
				}
			}
		}
	}
	t.Logf("%d times a command for a deaf reader: the server had %s at most", tried, mib(s.mostResidentBytes(t)))
	crowd.leave()
	eventually(t, "all have gone", func() bool { return infoField(t, operator, "connected_clients") == 1 })
	operator.mustReply(t, "FLUSHALL")
	eventually(t, "nothing is held", func() bool {
		return infoField(t, operator, "query_memory") == 0 && infoField(t, operator, "trackers_memory") == 0
	})
}

// insistently is what a client sends who asks for a command again and again: no more than the kernels
// keep, unless the command itself is longer.
func insistently(before string, line []string, behind string) string {
	one := command(line...)
	return before + strings.Repeat(one, min(1+deafAsk/len(one), deafLines)) + behind
}

// deafCrowd are clients that ask and do not read. There are only so many at once: who comes then
// takes the place of the first.
type deafCrowd struct {
	addr  string
	conns []net.Conn
	next  int
}

// ask has another client ask.
func (c *deafCrowd) ask(t *testing.T, request string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", c.addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if len(c.conns) < deafAtOnce {
		c.conns = append(c.conns, conn)
	} else {
		c.conns[c.next].Close()
		c.conns[c.next] = conn
		c.next = (c.next + 1) % deafAtOnce
	}
	if len(request) > deafWait {
		conn.SetWriteDeadline(time.Now().Add(time.Second))
	}
	io.WriteString(conn, request) // it may be cut off
}

// leave ends all of them.
func (c *deafCrowd) leave() {
	for _, conn := range c.conns {
		conn.(*net.TCPConn).SetLinger(0) // so that nobody has to wait whether it still listens
		conn.Close()
	}
	c.conns, c.next = nil, 0
}

// TestBooks_LongArguments: of what a connection may hold an argument may take three quarters, in whatever
// pieces it comes; a length that is only said takes nothing.
func TestBooks_LongArguments(t *testing.T) {
	const long = 24 << 20
	s := startBooksServer(t)
	probe := connect(t, s.addr)
	stop := watchBooks(t, s)
	for range 20 {
		c := connect(t, s.addr)
		fmt.Fprintf(c.conn, "*2\r\n$4\r\nTYPE\r\n$%d\r\n", 32<<20)
	}
	eventually(t, "they have said so", func() bool { return infoField(t, probe, "connected_clients") == 21 })
	if held := infoField(t, probe, "query_memory"); held > 20*8<<10 {
		t.Errorf("lengths that are said take %d bytes", held)
	}
	for _, piece := range []int{64 << 10, 1 << 20, long} {
		c := connect(t, s.addr)
		fmt.Fprintf(c.conn, "*2\r\n$4\r\nTYPE\r\n$%d\r\n", long)
		argument := bytes.Repeat([]byte("x"), long)
		for len(argument) > 0 {
			n := min(piece, len(argument))
			c.extendDeadline()
			if _, err := c.conn.Write(argument[:n]); err != nil {
				t.Fatalf("%d bytes to go in pieces of %d: %v", len(argument), piece, err)
			}
			argument = argument[n:]
		}
		c.conn.Write([]byte("\r\n"))
		if r, err := c.receive(); err != nil || r.raw != simple("none") {
			t.Fatalf("in pieces of %d: %q, %v", piece, r.raw, err)
		}
		c.close()
	}
	stop()
}
