package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestSoak has a crowd of clients send all commands that the server says it has, in forms made up at
// random, over TCP, TLS and a Unix socket, and go away in all the ways there are. When they have left,
// nothing of them may be left in the server: no goroutine, no descriptor, no memory in its books, and
// its process no larger than in the middle. TEST_SOAK=30m makes it as long as that, with more clients;
// see `make soak`, which has the server built with the race detector.
func TestSoak(t *testing.T) {
	onLinux(t)
	sameForEveryListener(t)
	length, clients := 3*time.Second, 60
	if text := os.Getenv("TEST_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		clients = 200
	}
	for _, listener := range []string{"loop", "redcon"} {
		t.Run(listener, func(t *testing.T) {
			t.Parallel()
			s := startSoak(t, listener)
			s.crowded = true
			var before leftovers
			eventually(t, "nobody is connected", func() bool {
				before = s.left(t)
				return before["connected_clients"] == 1
			})
			sizes := s.run(t, clients, length)
			after := s.mustBeLeftAs(t, before)
			t.Logf("in %v %d clients came and went (%s), %d could not connect; they sent %d commands and read %d replies, %d of them errors; before: %v, after: %v",
				length, s.opened.Load(), s.endings(), s.failed.Load(), s.sent.Load(), s.received.Load(), s.errors.Load(), before, after)
			mustBeFlat(t, sizes)
			if s.received.Load() == 0 {
				t.Error("no reply was read")
			}
		})
	}
}

const soakPassword = "soak and soak again"

// soak is a server, what is known of it, and the numbers of its clients.
type soak struct {
	*tlsServer
	socket   string
	commands []documented
	seldom   []documented // of commands those that disturb all others
	settings []string     // of CONFIG

	over                                           atomic.Bool
	opened, failed, sent, received, errors, strays atomic.Int64
	endedBy                                        [len(soakEndings)]atomic.Int64
	tokens                                         [16]atomic.Pointer[string] // of delete iterators, anybody's
}

func startSoak(t *testing.T, listener string) *soak {
	s := &soak{socket: filepath.Join(t.TempDir(), "s")}
	// Nobody may use what would end the server. Whoever reads nothing or sends nothing is sent away soon.
	s.tlsServer = startTLSServer(t, "--listener", listener, "--loops", "2", "--unix-socket", s.socket, "--requirepass", soakPassword,
		"--max-memory", "32mb", "--max-query-memory", "32mb", "--max-count", "5000",
		"--enable-debug-command", "yes", "--enable-protected-commands", "no",
		"--idle-timeout", "3s", "--command-timeout", "3s", "--write-timeout", "3s")
	for transport := range soakTransports { // what the first ones leave behind is there for good
		conn, err := s.dialOver(transport)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "QUIT\r\n")
		conn.Read(make([]byte, 5))
		conn.Close()
	}
	c := s.operator(t)
	defer c.close()
	seldom := append(c.mustReply(t, words("COMMAND LIST FILTERBY ACLCAT dangerous")...).texts(), notTried...)
	for _, command := range documentedCommands(t, c) {
		if slices.Contains(seldom, command.name) {
			s.seldom = append(s.seldom, command)
		} else {
			s.commands = append(s.commands, command)
		}
	}
	all := c.mustReply(t, "CONFIG", "GET", "*").texts()
	for i := 0; i < len(all); i += 2 {
		s.settings = append(s.settings, all[i])
	}
	return s
}

// operator is a connection that nothing is known of but that the password was right.
func (s *soak) operator(t *testing.T) *client {
	t.Helper()
	c := connect(t, s.addr)
	c.mustDoArgs(t, []string{"AUTH", soakPassword}, simple("OK"))
	return c
}

// run has clients come and go for so long and returns the sizes of the process meanwhile; with the race
// detector, those of what is not the detector's.
func (s *soak) run(t *testing.T, clients int, length time.Duration) (sizes []int64) {
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for visits := i; !s.over.Load() && !s.hasExited(); visits++ {
				s.visit(t, visits%soakTransports)
			}
		})
	}
	const every = time.Second
	begun := time.Now()
	for said := begun; time.Since(begun) < length && !t.Failed(); {
		time.Sleep(min(every, length))
		if s.hasExited() || strings.Contains(s.log.String(), "DATA RACE") {
			t.Error("the server has died, or has a race")
			break
		}
		rss := s.residentBytes(t)
		if memoryCounts() {
			sizes = append(sizes, rss)
		} else if held, ok := s.held(); ok {
			sizes = append(sizes, held)
		}
		if time.Since(said) >= 10*time.Second {
			said = time.Now()
			since := said.Sub(begun)
			all.Go(func() { s.say(t, since, rss) }) // a busy server takes its time
		}
	}
	s.over.Store(true)
	all.Wait()
	return sizes
}

// held is what the server's Go has of the system. The race detector has memory of its own beside that, which
// grows for as long as there are new goroutines, and is no fault of the server's. Somebody may kill the
// connection that asks: then it is not known.
func (s *soak) held() (bytes int64, ok bool) {
	c, err := dial(s.addr)
	if err != nil {
		return 0, false
	}
	defer c.close()
	c.send("AUTH", soakPassword)
	c.send("INFO", "memory")
	c.receive()
	r, err := c.receive()
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(r.text, "\r\nallocator_resident:")
	value, _, _ := strings.Cut(rest, "\r\n")
	bytes, err = strconv.ParseInt(value, 10, 64)
	return bytes, err == nil
}

// say prints how far it is. Somebody may kill the connection that asks: then less is said.
func (s *soak) say(t *testing.T, since time.Duration, size int64) {
	var figures []string
	if c, err := dial(s.addr); err == nil {
		defer c.close()
		c.send("AUTH", soakPassword)
		c.send("INFO", "all")
		c.receive()
		r, _ := c.receive()
		for _, name := range []string{"connected_clients", "goroutines", "query_memory", "trackers_memory"} {
			_, rest, _ := strings.Cut(r.text, "\r\n"+name+":")
			value, _, _ := strings.Cut(rest, "\r\n")
			figures = append(figures, name+" "+value)
		}
	}
	t.Logf("%v: %d commands sent, %d replies, %d of them errors; %d connections opened, %d in vain, %d without a password; RSS %s, %s", since.Round(time.Second), s.sent.Load(),
		s.received.Load(), s.errors.Load(), s.opened.Load(), s.failed.Load(), s.strays.Load(), mib(size), strings.Join(figures, ", "))
}

func (s *soak) endings() string {
	var all []string
	for i, name := range soakEndings {
		all = append(all, fmt.Sprintf("%s %d", name, s.endedBy[i].Load()))
	}
	return strings.Join(all, ", ")
}

// leftovers is what clients have of a server.
type leftovers map[string]int64

func (s *soak) left(t *testing.T) leftovers {
	t.Helper()
	c := s.operator(t)
	defer c.close()
	info := c.mustReply(t, "INFO", "all").text
	all := leftovers{"descriptors": int64(s.openFiles(t))}
	for _, name := range []string{
		"connected_clients", "goroutines", "query_memory", "trackers_memory", "tracking_clients", "monitoring_clients",
		"tracking_total_keys", "tracking_total_items", "tracking_total_prefixes",
	} {
		_, rest, found := strings.Cut(info, "\r\n"+name+":")
		value, _, _ := strings.Cut(rest, "\r\n")
		if !found {
			t.Fatalf("INFO has no %s", name)
		}
		all[name] = int64(atoi(t, value))
	}
	return all
}

// deleters is how many prefixes have a delete iterator, each of which is to end soon without its client.
func (s *soak) deleters(t *testing.T) (n int) {
	t.Helper()
	c := s.operator(t)
	defer c.close()
	for _, prefix := range c.mustReply(t, "PT.LIST").texts() {
		if c.mustReply(t, "PT.INFO", prefix).field(t, "deleter").text == "held" {
			n++
		}
	}
	return n
}

// mustBeLeftAs waits until nobody holds anything, empties the server and waits until it is as it was. If it
// does not become so, it shows what its goroutines do.
func (s *soak) mustBeLeftAs(t *testing.T, before leftovers) (after leftovers) {
	t.Helper()
	if s.hasExited() {
		return nil
	}
	eventually(t, "no delete iterator is left", func() bool { return s.deleters(t) == 0 })
	c := s.operator(t)
	c.mustDo(t, "FLUSHALL", simple("OK"))
	c.mustDo(t, "SLOWLOG RESET", simple("OK"))
	c.close()
	var more []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		more, after = nil, s.left(t)
		for name, n := range after {
			if n > before[name] {
				more = append(more, fmt.Sprintf("%s %d, was %d", name, n, before[name]))
			}
		}
		if more == nil {
			return after
		}
	}
	t.Errorf("all clients have left, and this is left: %s", strings.Join(more, "; "))
	s.signal(t, syscall.SIGQUIT)
	s.waitExit(t)
	return after
}

// mustBeFlat compares the last third of the sizes with the second: the first is for what a server
// needs at its work.
func mustBeFlat(t *testing.T, sizes []int64) {
	t.Helper()
	third := len(sizes) / 3
	if third < 10 {
		return // too short to tell
	}
	first, second, last := median(sizes[:third]), median(sizes[third:2*third]), median(sizes[2*third:])
	t.Logf("sizes by thirds: %s, %s, %s; at most %s", mib(first), mib(second), mib(last), mib(slices.Max(sizes)))
	if last > second+second/10+8<<20 {
		t.Errorf("the server grows: it had %s in the second third and %s in the last", mib(second), mib(last))
	}
}

func median(of []int64) int64 { return slices.Sorted(slices.Values(of))[len(of)/2] }
