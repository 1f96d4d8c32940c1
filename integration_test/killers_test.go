package integration_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killer is input that kills, stalls or bloats some server of this protocol, or once did.
type killer struct {
	name   string
	bytes  string
	pieces int    // bytes of a write; 0 is all in one
	differ string // what comes back, where redis-server answers otherwise: see resp/framer.go
}

const (
	badCount   = "-ERR Protocol error: invalid multibulk length\r\n"
	badLength  = "-ERR Protocol error: invalid bulk length\r\n"
	pingedOnce = "+PONG\r\n"
)

// killers are the inputs of the 34 defects of redcon v1.6.4 that its own tests, Redis's and
// Valkey's know, with their variants.
func killers() []killer {
	many := strings.Repeat
	return []killer{
		{name: "a bulk length whose end overflows", bytes: "*1\r\n$9223372036854775807\r\n"},
		{name: "one that overflows with the CR LF", bytes: "*1\r\n$9223372036854775806\r\nPING\r\n"},
		{name: "one a bit below", bytes: "*1\r\n$9223372036854775800\r\n"},
		{name: "one with a sign", bytes: "*1\r\n$+9223372036854775807\r\n"},
		{name: "one of the second argument", bytes: "*2\r\n$4\r\nECHO\r\n$9223372036854775807\r\nx\r\n"},
		{name: "one beyond 64 bits", bytes: "*1\r\n$18446744073709551620\r\nPING\r\n"},
		{name: "one of 2 GB", bytes: "*1\r\n$2147483648\r\n"},
		{name: "one over 512 MB", bytes: "*1\r\n$536870913\r\n"},
		{name: "one that is a name and no length", bytes: "$9223372036854775807\r\nx\r\n"},
		{name: "the same with a word behind", bytes: "$9223372036854775800 x\r\n"},
		{name: "512 MB announced", bytes: "*1\r\n$536870912\r\nx", differ: badLength}, // --max-bulk

		{name: "a count that is looped over", bytes: "*9223372036854775807\r\n"},
		{name: "one beyond 64 bits as a count", bytes: "*18446744073709551617\r\n$4\r\nPING\r\n"},
		{name: "a count of 3 billion", bytes: "*3000000000\r\n"},
		{name: "a count of 2^31", bytes: "*2147483648\r\n"},
		{name: "a count of 2^31-1", bytes: "*2147483647\r\n", differ: badCount}, // --max-arguments
		{name: "a count over the limit", bytes: "*1048577\r\n", differ: badCount},
		{name: "a count at the limit", bytes: "*1048576\r\n$4\r\nPI"},
		{name: "a count of 0", bytes: "*0\r\n*1\r\n$4\r\nPING\r\n"},
		{name: "negative counts", bytes: "*-1\r\n*-10\r\n*-9223372036854775808\r\nPING\r\n"},
		{name: "a count below 64 bits", bytes: "*-9223372036854775809\r\nPING\r\n"},
		{name: "a count with a sign", bytes: "*+1\r\n$4\r\nPING\r\n"},
		{name: "a count with a zero ahead", bytes: "*01\r\n$4\r\nPING\r\n"},
		{name: "a count of nothing", bytes: "*\r\n$4\r\nPING\r\n"},
		{name: "a count with a blank", bytes: "*1 \r\n$4\r\nPING\r\n"},
		{name: "a million arguments of a byte", bytes: "*1048576\r\n" + many("$1\r\na\r\n", 1<<20)},
		{name: "half a million announced twice that", bytes: "*1048576\r\n" + many("$1\r\na\r\n", 1<<19)},
		{name: "a million empty arguments", bytes: "*1048576\r\n" + many("$0\r\n\r\n", 1<<20)},

		{name: "a length below 0", bytes: "*1\r\n$-1\r\n"},
		{name: "a length of -2", bytes: "*1\r\n$-2\r\n"},
		{name: "a length of -100", bytes: "*1\r\n$-100\r\n"},
		{name: "a length with a zero ahead", bytes: "*1\r\n$04\r\nPING\r\n"},
		{name: "a length with a sign", bytes: "*1\r\n$+4\r\nPING\r\n"},
		{name: "a length of nothing", bytes: "*1\r\n$\r\nPING\r\n"},
		{name: "no length", bytes: "*1\r\nPING\r\n"},
		{name: "no header", bytes: "*1\r\n\r\nPING\r\n"},
		{name: "arrays in arrays", bytes: many("*1\r\n", 100_000)},
		{name: "a string longer than announced", bytes: "*1\r\n$4\r\nPINGxx\r\n", differ: "-ERR Protocol error: expected CRLF\r\n"},
		{name: "line ends without CR", bytes: "*1\n$4\nPING\n"},

		{name: "a byte at a time", bytes: "*1\r\n$20000\r\n" + many("x", 10_000), pieces: 1},
		{name: "blank lines a byte at a time", bytes: many("\r\n", 5000) + "PING\r\n", pieces: 1},
		{name: "a long header in small pieces", bytes: "*1\r\n$" + many("1", 60_000), pieces: 16},
		{name: "a length without an end", bytes: "*1\r\n$" + many("7", 70_000)},
		{name: "a count without an end", bytes: "*" + many("7", 70_000)},
		{name: "a count of NUL", bytes: "*\x00" + many("A", 70_000)},
		{name: "a length of NUL", bytes: "$\x00" + many("A", 70_000)},
		{name: "NULs", bytes: many("\x00", 70_000)},
		{name: "bytes that are no text", bytes: many("\xff\xfe", 40_000)},

		{name: "a line of as many words as fit", bytes: many("a ", 32<<10-2) + "\r\n"},
		{name: "one of quoted words", bytes: many(`"" `, 20_000) + "\r\n"},
		{name: "a line of words without an end", bytes: many("a ", 128<<10)},
		{name: "a line without an end", bytes: many("x", 70_000)},
		{name: "blanks without an end", bytes: many(" ", 70_000)},
		{name: "a quote that stays open", bytes: "$12 set string \"\r\nPING\r\n"},
		{name: "an escape at the end of the line", bytes: "PING \"\\x\r\nPING\r\n"},
		{name: "a blank line", bytes: "\r\nPING\r\n"},
		{name: "a line of nothing but blanks", bytes: " \t \r\nPING\r\n"},

		{name: "commands behind QUIT", bytes: "QUIT\r\nPING\r\nPING\r\n"},
		{name: "a command before garbage", bytes: "PING\r\n*1\r\nfoo\r\n"},
		{name: "a command before a bad count", bytes: "*1\r\n$4\r\nPING\r\n*3000000000\r\nPING\r\n"},
		{name: "a POST of a browser", bytes: "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nPING\r\n"},
		// Redis closes without the replies to what came before, if that came in one piece.
		{name: "a Host header", bytes: "PING\r\nHost: localhost\r\nPING\r\n", differ: pingedOnce},
		{name: "a GET of a browser", bytes: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
			differ: "-ERR unknown command 'GET', with args beginning with: '/' 'HTTP/1.1' \r\n"},
		{name: "a handshake of TLS", bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + many("\x7a", 500)},
		{name: "nothing", bytes: ""},
	}
}

// exchange sends the input and the end of it, and returns what comes back. A server may answer
// and close before it has read everything.
func (k killer) exchange(t *testing.T, addr string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience / 4))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for rest := k.bytes; rest != ""; {
			n := len(rest)
			if k.pieces > 0 {
				n = min(n, k.pieces)
			}
			if _, err := io.WriteString(conn, rest[:n]); err != nil {
				return // it has heard enough
			}
			rest = rest[n:]
		}
		conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the connection does not end; so far it replied %.100q", got)
	}
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
	conn.Close()
	<-sent
	return string(got)
}

// TestKillerInputs sends each killer beside an honest client, which must not notice, and wants
// redis-server's reply to it. Bare redcon v1.6.4 dies of the first; without those that kill it
// hangs on "a count that is looped over", with all processors busy for ever.
func TestKillerInputs(t *testing.T) {
	onLinux(t)
	redis, s := startRedis(t), startServer(t)
	probe := connect(t, s.addr)
	before, rest := infoField(t, probe, "used_memory"), s.residentBytes(t)
	var most int64
	replies := make(map[string]string)
	mustServeHonest(t, s.addr, bearable, 3, func() {
		for _, k := range killers() {
			replies[k.name] = k.exchange(t, s.addr)
			most = max(most, s.residentBytes(t)-rest)
			if s.hasExited() {
				t.Fatalf("the server died of %q\n%s", k.name, s.log.String())
			}
			connect(t, s.addr).mustDo(t, "PING", pingedOnce)
			time.Sleep(20 * time.Millisecond) // for some answers even when it is over at once
		}
	})
	s.mustRest(t)
	eventually(t, "the memory is back", func() bool {
		probe.mustReply(t, "ECHO", strings.Repeat("x", 1<<20)) // so that garbage is collected
		return infoField(t, probe, "used_memory") < before+8<<20 && s.residentBytes(t) < rest+32<<20
	})
	after := s.residentBytes(t)
	t.Logf("%d inputs; memory %s before, %s more at most, %s more behind", len(replies), mib(rest), mib(most), mib(after-rest))
	if infoField(t, probe, "query_memory") != 0 {
		t.Error("memory is still counted as that of commands under way")
	}
	for _, k := range killers() {
		want, got := k.differ, replies[k.name]
		// Redis closes without reading the rest, and its reply may be lost in that.
		for try := 0; k.differ == "" && try < 20; try++ {
			if want = k.exchange(t, redis.addr); want == got || want != "" {
				break
			}
		}
		if got != want {
			t.Errorf("%s\n replied %.200q (%d bytes)\n want    %.200q (%d bytes)", k.name, got, len(got), want, len(want))
		}
	}
}

// TestCountsThatAreLoopedOver sends a hundred of what pins a processor each with bare redcon,
// at once.
func TestCountsThatAreLoopedOver(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startServer(t)
	inParallel(t, 100, func(int) error {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience / 4))
		if _, err := io.WriteString(conn, "*9223372036854775807\r\n"); err != nil {
			return err
		}
		if got, err := io.ReadAll(conn); err != nil || string(got) != badCount {
			return errors.Join(err, errors.New(string(got)))
		}
		return nil
	})
	connect(t, s.addr).mustDo(t, "PING", pingedOnce)
	s.mustRest(t)
}

// TestTrickle sends commands of which each byte is a read of its own, on ten connections: bare
// redcon keeps 838 bytes of stack for each, up to a fatal overflow.
func TestTrickle(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startServer(t)
	before := s.residentBytes(t)
	const rounds = 3000
	conns := make([]net.Conn, 10)
	for i := range conns {
		conns[i] = connect(t, s.addr).conn
		if _, err := io.WriteString(conns[i], "*1\r\n$20000\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	probe := connect(t, s.addr)
	for range rounds {
		for _, c := range conns {
			if _, err := c.Write([]byte{'x'}); err != nil {
				t.Fatal(err)
			}
		}
		probe.mustDo(t, "PING", pingedOnce) // so that the bytes are read before the next ones come
	}
	grown := s.residentBytes(t) - before
	t.Logf("%d bytes in pieces of one: the server grew by %s", len(conns)*rounds, mib(grown))
	if grown > 5<<20 {
		t.Errorf("the server grew by %s, want at most 5 MiB", mib(grown))
	}
}
