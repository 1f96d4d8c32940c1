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

// TestInlineLine sends the longest line of the shortest words: bare redcon needs 1.16 GB for it.
func TestInlineLine(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startServer(t)
	c, probe := connect(t, s.addr), connect(t, s.addr)
	line := strings.Repeat("a ", 32<<10-2)
	c.mustDoArgs(t, []string{"PING"}, pingedOnce)
	before, rest := infoField(t, probe, "used_memory"), s.residentBytes(t)
	const lines = 20
	for range lines {
		if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if r, err := c.receive(); err != nil || !strings.HasPrefix(r.raw, "-ERR unknown command 'a'") {
			t.Fatalf("%q, %v", r.raw, err)
		}
	}
	grown, resident := infoField(t, probe, "used_memory")-before, s.residentBytes(t)-rest
	if memoryCounts() && resident > lines<<20 { // as if nothing had been collected
		t.Errorf("%d lines of 64 KiB make the server grow by %s", lines, mib(resident))
	}
	// And what one holds while its end is missing.
	io.WriteString(c.conn, line)
	eventually(t, "it has arrived", func() bool { return infoField(t, probe, "query_memory") >= int64(len(line)) })
	held := infoField(t, probe, "query_memory")
	t.Logf("%d lines of %d words: heap %s more, process %s more, held without its end %d bytes", lines, len(line)/2, mib(grown), mib(resident), held)
	if held > 1<<20 {
		t.Errorf("a line of 64 KiB holds %d bytes", held)
	}
}

// TestUnalignedStream sends valid commands whose packets never end where a command does: bare
// redcon holds twice the stream. TEST_STREAM=1gb makes it the whole gigabyte.
func TestUnalignedStream(t *testing.T) {
	onLinux(t)
	total := int64(64 << 20)
	if os.Getenv("TEST_STREAM") == "1gb" {
		total = 1 << 30
	} else if testing.Short() {
		total = 16 << 20
	}
	s := startFrugalServer(t)
	c, probe := connect(t, s.addr), connect(t, s.addr)
	rest := s.residentBytes(t)
	const command = "*3\r\n$6\r\nPT.ADD\r\n$4\r\nvec:\r\n$2\r\n42\r\n"
	block := strings.Repeat(command, 1000)
	io.WriteString(c.conn, command[:5])
	block = block[5:] + command[:5] // every write ends five bytes into a command
	replies := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, c.conn)
		replies <- n
	}()
	var sent, most, mostResident int64
	for blocks := 0; sent < total; blocks++ {
		c.conn.SetDeadline(time.Now().Add(patience))
		n, err := io.WriteString(c.conn, block)
		if err != nil {
			t.Fatal(err)
		}
		if sent += int64(n); blocks%64 == 0 {
			most = max(most, infoField(t, probe, "query_memory"))
			mostResident = max(mostResident, s.residentBytes(t)-rest)
		}
	}
	c.conn.(*net.TCPConn).CloseWrite()
	commands := sent / int64(len(command))
	if n := <-replies; n != commands*int64(len(integer(0))) {
		t.Errorf("%d bytes of replies to %d commands", n, commands)
	}
	t.Logf("%s of unaligned commands: query_memory %d at most, process %s more at most", mib(sent), most, mib(mostResident))
	if most >= 64<<10 {
		t.Errorf("%d bytes are held, want less than 64 KiB", most)
	}
	if mostResident > 32<<20 && memoryCounts() {
		t.Errorf("the server grew by %s", mib(mostResident))
	}
}

// TestMillionArgumentsInPieces: the work for a command in pieces of 1 KiB grows with its size,
// not with its square. (Bare redcon begins anew with each piece it reads, and needs 16 s.) The
// pieces are read a few at a time, and processor time is what counts: sent at once on a busy
// machine they come in big pieces, and a square is not to be seen.
func TestMillionArgumentsInPieces(t *testing.T) {
	onLinux(t)
	s := startServer(t)
	c, probe := connect(t, s.addr), connect(t, s.addr)
	send := func(arguments int) time.Duration {
		bytes := fmt.Sprintf("*%d\r\n$6\r\nEXISTS\r\n", arguments) + strings.Repeat("$1\r\na\r\n", arguments-1)
		sent, before := infoField(t, probe, "total_net_input_bytes"), s.cpuTime(t)
		for pieces := 1; bytes != ""; pieces++ {
			c.conn.SetDeadline(time.Now().Add(patience))
			n := min(len(bytes), 1<<10)
			if _, err := io.WriteString(c.conn, bytes[:n]); err != nil {
				t.Fatal(err)
			}
			bytes = bytes[n:]
			sent += int64(n)
			// The next ones come when these are read.
			for pieces%4 == 0 && infoOf(t, probe, "stats", "total_net_input_bytes") < sent {
			}
		}
		if r, err := c.receive(); err != nil || r.raw != integer(0) {
			t.Fatalf("%q, %v", r.raw, err)
		}
		return s.cpuTime(t) - before
	}
	send(1 << 18) // the first one pays for the memory
	// Four quarters are as much as the whole, a bit more or less: the collector visits a million
	// arguments, and a quarter of them is hardly worth its while. A square would be four times. (The
	// system counts in hundredths of a second, which one quarter has but few of.)
	best := 100.0
	for range 4 {
		var quarters time.Duration
		for range 4 {
			quarters += send(1 << 18)
		}
		whole := send(1 << 20)
		t.Logf("a million arguments take %v of processor time, four quarters of them %v", whole, quarters)
		if best = min(best, whole.Seconds()/max(quarters, time.Millisecond).Seconds()); best <= 1.5 {
			return
		}
	}
	if best > 2 {
		t.Errorf("a million arguments at once take %.1f times as long as in quarters", best)
	}
}

// TestQueryMemoryIsBounded: a few clients that hold half commands must not lock all others out
// of sending theirs in two pieces, nor make the server grow beyond --max-query-memory.
func TestQueryMemoryIsBounded(t *testing.T) {
	onLinux(t)
	t.Parallel()
	const limit = 16 << 20
	s := startFrugalServer(t, "--max-query-memory", "16mb")
	probe := connect(t, s.addr)
	rest := s.residentBytes(t)
	for range 40 { // 40 MB and more
		hog := connect(t, s.addr).conn
		io.WriteString(hog, "*2\r\n$4\r\nECHO\r\n$2000000\r\n")
		hog.SetWriteDeadline(time.Now().Add(patience))
		io.WriteString(hog, strings.Repeat("x", 1_000_000)) // it may be cut off
	}
	for i := range 600 { // what is left of it, in small pieces
		hog := connect(t, s.addr).conn
		if _, err := io.WriteString(hog, "*2\r\n$4\r\nECHO\r\n$60000\r\n"+strings.Repeat("x", 59_000/(1+i/100))); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	used := infoField(t, probe, "query_memory")
	t.Logf("query_memory %s of %s, the server grew by %s", mib(used), mib(limit), mib(s.residentBytes(t)-rest))
	if used > limit {
		t.Errorf("%d bytes are held", used)
	}
	if grown := s.residentBytes(t) - rest; grown > 4*limit && memoryCounts() {
		t.Errorf("the server grew by %s", mib(grown))
	}
	for i := range 20 {
		honest := connect(t, s.addr)
		io.WriteString(honest.conn, "*2\r\n$4\r\nECHO\r\n$100\r\n"+strings.Repeat("y", 50))
		time.Sleep(time.Millisecond)
		io.WriteString(honest.conn, strings.Repeat("y", 50)+"\r\n")
		if r, err := honest.receive(); err != nil || r.text != strings.Repeat("y", 100) {
			t.Fatalf("honest client %d with a command in two pieces: %q, %v", i, r.raw, err)
		}
	}
}

// TestTransactionsAreBounded queues commands without end: what waits for EXEC is memory, too.
func TestTransactionsAreBounded(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startFrugalServer(t, "--max-query-memory", "16mb", "--max-memory", "64mb")
	rest := s.residentBytes(t)
	big := strings.Repeat("x", 4_000_000)
	for range 4 {
		c := connect(t, s.addr)
		c.mustDo(t, "MULTI", simple("OK"))
		for range 16 { // 256 MB with those of the others
			if _, err := c.do("ECHO", big); err != nil {
				break
			}
		}
	}
	grown := s.residentBytes(t) - rest
	t.Logf("after 256 MB for EXEC the server has grown by %s", mib(grown))
	if grown > 128<<20 && memoryCounts() {
		t.Errorf("the server grew by %s", mib(grown))
	}
}

// TestNamesAreBounded: what a connection says of itself is kept for as long as it lasts.
func TestNamesAreBounded(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startFrugalServer(t, "--max-query-memory", "16mb", "--max-memory", "64mb")
	rest := s.residentBytes(t)
	big := strings.Repeat("x", 4_000_000)
	for range 10 {
		c := connect(t, s.addr)
		c.do("CLIENT", "SETNAME", big)
		c.do("CLIENT", "SETINFO", "lib-name", big)
		c.do("CLIENT", "SETINFO", "lib-ver", big)
	}
	if grown := s.residentBytes(t) - rest; grown > 64<<20 && memoryCounts() {
		t.Errorf("names of 120 MB make the server grow by %s", mib(grown))
	}
}
