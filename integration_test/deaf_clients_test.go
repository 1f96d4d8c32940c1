package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDeafReaders lets 120 clients, half of them in each of two ways, ask for replies that they never read, 10 MB each and more. They
// are cut off when --write-timeout has passed, hold little until then, and nobody else notices.
// Bare redcon collects all replies of a batch in memory and keeps the clients for ever.
func TestDeafReaders(t *testing.T) {
	onLinux(t)
	for _, asks := range []struct {
		name   string
		prefix string
		ids    int
		times  int
		holds  int64 // what one such client may cost, all told
	}{
		// Very many replies in a batch.
		{"short commands", "vec:", 1000, 1000, 3 << 19},
		// Much reply with little work: who makes the server work has no place on a loop anyway. There
		// 1 MiB may wait, with the reply at hand, and a buffer that grows has room for a quarter more.
		{"long replies", strings.Repeat("p", 500), 200, 100, 2 << 20},
	} {
		t.Run(asks.name, func(t *testing.T) {
			t.Parallel()
			request := strings.Repeat(fmt.Sprintf("PT.SCAN %s 0 COUNT %d KEYS\r\n", asks.prefix, asks.ids), asks.times)
			mustBearDeafReaders(t, asks.prefix, asks.ids, request, asks.holds)
		})
	}
}

// mustBearDeafReaders sends the request from many clients that do not read, to a server that has so
// many IDs of the prefix. What each of them may take is far less than what it asks for. The request
// is short enough for the kernels to keep it: it is sent whole, whether the server reads it or not.
func mustBearDeafReaders(t *testing.T, prefix string, ids int, request string, holds int64) {
	t.Helper()
	const timeout, attackers = time.Second, 10
	n := 60
	if testing.Short() {
		n = 20
	}
	s := startFrugalServer(t, "--write-timeout", timeout.String())
	probe := connect(t, s.addr)
	probe.mustDo(t, fmt.Sprintf("PT.ADDRANGE %s 0 %d", prefix, ids), integer(ids))
	h := newHonestClient(t, s.addr)
	peace, _ := h.p99During(t, func() { time.Sleep(calm) })
	before := s.residentBytes(t)
	var most int64
	var began time.Time
	attacked, answers := h.p99During(t, func() {
		inParallel(t, attackers, func(int) error {
			for range n / attackers {
				if _, err := io.WriteString(deaf(t, s.addr), request); err != nil {
					return err
				}
			}
			return nil
		})
		began = time.Now()
		eventually(t, "all deaf clients are cut off", func() bool {
			most = max(most, s.residentBytes(t)-before)
			return infoField(t, probe, "refused_write_timeout") >= int64(n)
		})
		eventually(t, "they are gone", func() bool { return infoField(t, probe, "connected_clients") == 2 })
	})
	took := time.Since(began)
	t.Logf("%d deaf clients: honest p99 %v, without them %v (%d answers); %s more memory at most; cut off after %v of %v to %v",
		n, attacked, peace, answers, mib(most), took.Round(time.Millisecond), timeout, 2*timeout)
	if limit := max(bearable, 2*peace); attacked > limit {
		t.Errorf("the honest client's p99 is %v beside deaf ones, at most %v was wanted", attacked, limit)
	}
	if limit := int64(n)*holds + 8<<20; most > limit && memoryCounts() {
		t.Errorf("the server grew by %s, want at most %s", mib(most), mib(limit))
	}
	if count := infoField(t, probe, "refused_write_timeout"); count != int64(n) {
		t.Errorf("%d write timeouts are counted", count)
	}
}

// TestDeafReaderWithLittle asks for one reply after another until one has no room any more: the
// few bytes that wait then must not keep a deaf client in for ever. (Unlike what 200 deaf readers
// want, they are too few for the connection to leave its loop.)
func TestDeafReaderWithLittle(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--write-timeout", "1s")
	probe := connect(t, s.addr)
	conn := deaf(t, s.addr)
	const size = 200_000
	request := fmt.Sprintf("*2\r\n$4\r\nECHO\r\n$%d\r\n%s\r\n", size, strings.Repeat("x", size))
	conn.SetWriteDeadline(time.Now().Add(patience))
	for answered := true; answered; {
		out := infoOf(t, probe, "stats", "total_net_output_bytes")
		if _, err := conn.Write([]byte(request)); err != nil {
			break // it is cut off already
		}
		answered = false
		for looks := 0; !answered && looks < 15; looks++ { // whose own replies are much less
			time.Sleep(10 * time.Millisecond)
			answered = infoOf(t, probe, "stats", "total_net_output_bytes") >= out+size
		}
	}
	eventually(t, "it is cut off", func() bool { return infoField(t, probe, "connected_clients") == 1 })
	if n := infoField(t, probe, "refused_write_timeout"); n != 1 {
		t.Errorf("%d write timeouts are counted", n)
	}
}

// TestDeafMonitor lets clients watch all commands without reading. Each is cut off when 8 MiB
// wait for it; whose commands they watch waits for none of them.
func TestDeafMonitor(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	probe := connect(t, s.addr)
	for range 5 {
		if _, err := deaf(t, s.addr).Write([]byte("MONITOR\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "they watch", func() bool { return infoField(t, probe, "monitoring_clients") == 5 })
	big := strings.Repeat("x", 1<<20)
	for range 20 {
		probe.mustDoArgs(t, []string{"ECHO", big}, bulk(big))
	}
	eventually(t, "they are cut off", func() bool { return infoField(t, probe, "connected_clients") == 1 })
}

// TestDeafReadersOfPages: pages are made by an event loop, which does not wait for who reads. Many
// clients who do not read theirs must not fill the memory with them.
func TestDeafReadersOfPages(t *testing.T) {
	t.Parallel()
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	s := startFrugalServer(t)
	c := connect(t, s.addr)
	prefix := strings.Repeat("p", 500)
	c.mustDo(t, "PT.ADDRANGE "+prefix+" 0 1000000", integer(1_000_000))
	c.mustDo(t, "PT.CREATE free MAXID 100000000", simple("OK"))
	before := infoField(t, c, "used_memory")
	const clients = 10
	for _, line := range []string{
		"PT.SCAN " + prefix + " 0 COUNT 65536 KEYS", "PT.TAKENEXT " + prefix + " COUNT 65536 KEYS", "PT.CLAIMNEXT " + prefix + " COUNT 65536 KEYS", "PT.PARTITION free 65536",
	} {
		for range clients {
			conn := deaf(t, s.addr)
			if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // the reply has begun
				t.Fatal(err)
			}
		}
	}
	// Runs of IDs and what is in the buffers; the replies are ten times as long.
	if held := infoField(t, c, "used_memory") - before; held > 128<<20 {
		t.Errorf("%d pages that nobody reads take %s", 4*clients, mib(held))
	}
}

// TestDeafReadersOfLongReplies: short words that ask for long replies must not have them all made before
// the client takes any. Nor may they hold up others meanwhile.
func TestDeafReadersOfLongReplies(t *testing.T) {
	t.Parallel()
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	prefix := strings.Repeat("p", 512)
	for _, test := range []struct {
		command []string
		words   int
		word    string
	}{
		{[]string{"COMMAND", "DOCS"}, 30_000, "client"},
		{[]string{"COMMAND", "INFO"}, 200_000, "client"},
		{[]string{"PT.FORMAT", prefix}, 500_000, "1"},
	} {
		s := startFrugalServer(t)
		c := connect(t, s.addr)
		before := infoField(t, c, "used_memory")
		conn := deaf(t, s.addr)
		hog := &client{conn: conn, out: bufio.NewWriter(conn)}
		hog.send(append(test.command, slices.Repeat([]string{test.word}, test.words)...)...)
		if err := hog.out.Flush(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // the reply has begun
			t.Fatal(err)
		}
		if held := infoField(t, c, "used_memory") - before; held > 128<<20 {
			t.Errorf("a reply to %d words of %.20q that nobody reads takes %s", test.words, test.command, mib(held))
		}
		hog.close()
	}
}

// TestDeafReadersKeepNobodyWaiting has clients ask for the same thing until they could take no more replies, for each
// thing that is kept under a lock, and so that the handler itself finds no room. Others get it at once meanwhile, on the
// event loop too. (A handler that replies while it holds the lock stops the loop at the next who asks.)
func TestDeafReadersKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--enable-debug-command", "yes", "--slowlog-log-slower-than", "0", "--write-timeout", (2 * patience).String())
	c := connect(t, s.addr)
	c.mustDo(t, "CONFIG SET latency-monitor-threshold 1", simple("OK"))
	c.mustDo(t, "DEBUG SLEEP 0.01", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE v: 0 100", integer(100))
	lines := []string{
		"LATENCY LATEST", "LATENCY HISTOGRAM ping", "SLOWLOG GET", "CLIENT LIST", "CLIENT INFO", "INFO errorstats", "CONFIG GET *", "PT.LIST", "PT.INFO v:",
		"PT.DELITER OPEN v:", "PT.CREATE v:", "SMEMBERS v:",
	}
	var wg sync.WaitGroup
	for _, line := range lines {
		// EXEC has replies sent amid its commands, as soon as there are 64 KiB of them.
		times := 72<<10/len(c.mustReply(t, words(line)...).raw) + 1
		request := "MULTI\r\n" + strings.Repeat(line+"\r\n", times) + "EXEC\r\n"
		for range 2 {
			conn := deaf(t, s.addr)
			wg.Go(func() {
				for err := error(nil); err == nil; { // until nobody reads it
					conn.SetWriteDeadline(time.Now().Add(time.Second))
					_, err = io.WriteString(conn, request)
				}
			})
		}
	}
	wg.Wait()
	for _, line := range lines {
		connect(t, s.addr).mustReply(t, words(line)...)
		connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
	}
}
