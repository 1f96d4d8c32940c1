package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// What a server with limits of 64 MB for trackers and 64 MB for queries may take in all, by what the
// system says of it: both limits, and room for the program and the collector.
const (
	booksLimit = 64 << 20
	booksMost  = 2*booksLimit + 32<<20
)

// startBooksServer starts a server with such limits and the collector that users have.
func startBooksServer(t *testing.T, flags ...string) *server {
	t.Helper()
	onLinux(t)
	return startServer(t, append([]string{"--max-memory", "64mb", "--max-query-memory", "64mb"}, flags...)...)
}

// watchBooks looks at the memory of the server until stop is called, which fails the test if the
// server has ever had more than it may.
func watchBooks(t *testing.T, s *server) (stop func()) {
	t.Helper()
	var most int64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			most = max(most, s.residentBytes(t))
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	end := sync.OnceFunc(func() {
		close(done)
		<-ended
	})
	t.Cleanup(end)
	var once sync.Once
	return func() {
		t.Helper()
		once.Do(func() {
			end()
			t.Logf("the server had %s at most", mib(most))
			if most > booksMost && memoryCounts() {
				t.Errorf("the server had %s, more than %s", mib(most), mib(booksMost))
			}
		})
	}
}

// TestBooks_RangesBesideDropAndClear: a range is secured, then filled. What is dropped or cleared in
// between must neither be filled beyond the limit nor be in no book.
func TestBooks_RangesBesideDropAndClear(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"PT.DROP", "PT.CLEAR", "FLUSHALL"} {
		t.Run(command, func(t *testing.T) {
			s := startBooksServer(t)
			c := connect(t, s.addr)
			stop := watchBooks(t, s)
			until := time.Now().Add(2 * time.Second)
			inParallel(t, 6, func(i int) error {
				d, err := dial(s.addr)
				if err != nil {
					return err
				}
				defer d.close()
				for n := 0; time.Now().Before(until); n++ {
					words := []string{"PT.ADDRANGE", "p", "0", "400000000"} // 50 MB
					switch {
					case i == 0:
						if words = words[:2]; command == "FLUSHALL" {
							words = words[:1]
						}
						words[0] = command
					case i == 1:
						words = []string{"PT.ADD", "p"}
						for range 1000 { // far from each other
							words = append(words, strconv.FormatUint(rand.Uint64N(1<<48), 10))
						}
					}
					r, err := d.do(words...)
					if err != nil {
						return err
					}
					if r.kind == '-' && r.raw != outOfMemory {
						return fmt.Errorf("%.20q: %q", words[0], r.raw)
					}
					if used, err := trackersMemory(d); err != nil || used > booksLimit {
						return fmt.Errorf("%d bytes for trackers, %v", used, err)
					}
				}
				return nil
			})
			stop()
			c.mustReply(t, "FLUSHALL")
			if used := infoField(t, c, "trackers_memory"); used != 0 {
				t.Errorf("nothing is there, and %d bytes are used", used)
			}
			c.mustDo(t, "PT.ADDRANGE p 0 400000000", integer(400_000_000))
		})
	}
}

func trackersMemory(c *client) (int64, error) {
	r, err := c.do("INFO", "memory")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(r.text, "\r\ntrackers_memory:")
	number, _, _ := strings.Cut(rest, "\r\n")
	return strconv.ParseInt(number, 10, 64)
}

// TestBooks_OneOfManyFits: of ranges that have room one at a time, one gets all of it.
func TestBooks_OneOfManyFits(t *testing.T) {
	onLinux(t)
	s := startServer(t, "--max-memory", "64mb")
	c := connect(t, s.addr)
	for range 20 {
		var added [6]string
		inParallel(t, len(added), func(i int) error {
			d, err := dial(s.addr)
			if err != nil {
				return err
			}
			defer d.close()
			r, err := d.do("PT.ADDRANGE", fmt.Sprint("p", i), "0", "300000000") // 37 MB
			added[i] = r.raw
			return err
		})
		slices.Sort(added[:])
		if added[0] != outOfMemory || added[4] != outOfMemory || added[5] != integer(300_000_000) {
			t.Fatalf("of those that fit alone: %q", added)
		}
		c.mustReply(t, "FLUSHALL")
	}
}

// TestBooks_QueuesOfDeafClients: what MULTI has queued is held until EXEC has executed it, and a client
// who does not read the replies makes that long.
func TestBooks_QueuesOfDeafClients(t *testing.T) {
	s := startBooksServer(t)
	stop := watchBooks(t, s)
	message := strings.Repeat("x", 1<<20)
	for range 15 {
		conn := deaf(t, s.addr)
		c := &client{conn: conn, in: bufio.NewReaderSize(conn, 4096), out: bufio.NewWriter(conn)}
		c.mustDo(t, "MULTI", simple("OK"))
		for range 28 {
			if r, err := c.do("ECHO", message); err != nil || r.kind == '-' {
				break // there is no more room
			}
		}
		c.send("EXEC")
		c.out.Flush() // it may be cut off
	}
	probe := connect(t, s.addr)
	probe.mustDo(t, "PING", pingedOnce)
	stop()
	if held := infoField(t, probe, "query_memory"); held < 16<<20 {
		t.Errorf("%d bytes are held by EXEC", held)
	}
}

// TestBooks_WatchedNames: who keeps replies of ever more prefixes makes the server keep their names.
// Beyond the limit a reply is as good as changed.
func TestBooks_WatchedNames(t *testing.T) {
	t.Parallel()
	s := startBooksServer(t)
	stop := watchBooks(t, s)
	probe := connect(t, s.addr)
	var readers [4]cacheReader
	name := func(reader, n int) string { return fmt.Sprintf("%d:%d:%s", reader, n, strings.Repeat("x", 480)) }
	inParallel(t, len(readers), func(i int) error {
		c := newCacheReader(t, s.addr)
		readers[i] = c
		for n := range 40_000 { // of 500 bytes: 80 MB with the others
			c.send("CLIENT", "CACHING", "YES")
			c.send("PT.COUNT", name(i, n))
			for replies := 0; replies < 2; {
				r, err := c.receive()
				if err != nil {
					return err
				}
				if r.kind != '>' { // an invalidation
					replies++
				}
			}
		}
		return nil
	})
	if held := infoField(t, probe, "query_memory"); held < 16<<20 || held > booksLimit {
		t.Errorf("%d bytes are held", held)
	}
	// There is room for telling them all at once, however much they watch.
	const changed = 2000
	inParallel(t, len(readers), func(i int) error {
		writer, err := dial(s.addr)
		if err != nil {
			return err
		}
		defer writer.close()
		for n := range changed {
			writer.send("PT.ADD", name(i, n), "1")
		}
		for range changed {
			if r, err := writer.receive(); err != nil || r.raw != integer(1) {
				return fmt.Errorf("%q, %v", r.raw, err)
			}
		}
		for n := range changed {
			if r, err := readers[i].receive(); err != nil || r.kind != '>' {
				return fmt.Errorf("told of %d of %d: %q, %v", n, changed, r.raw, err)
			}
		}
		return nil
	})
	stop()
	// They are given back when what they name has changed.
	probe.mustReply(t, "PT.CREATE", "z")
	probe.mustDo(t, "FLUSHALL", simple("OK"))
	eventually(t, "no name is held", func() bool { return infoField(t, probe, "query_memory") < 1<<20 })
	probe.mustReply(t, words("CLIENT KILL TYPE normal SKIPME yes")...)
	eventually(t, "nothing is held", func() bool { return infoField(t, probe, "query_memory") == 0 })
}

// TestBooks_StalledClientsLeaveRoom: connections that stop in the middle of long commands take a part of
// the query memory and leave the rest to others.
func TestBooks_StalledClientsLeaveRoom(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		flags []string
		sizes []int // of what has come of a command
		each  int   // how many connections send that
	}{
		// What is left is taken by ever smaller ones.
		"long commands": {nil, []int{16 << 20, 4 << 20, 1 << 20, 200 << 10, 60 << 10, 30 << 10, 12 << 10, 6 << 10}, 40},
		"strangers":     {[]string{"--requirepass", "secret"}, []int{90_000, 60_000, 30_000, 12_000, 6000}, 900},
		"short ones":    {nil, []int{3000}, 2000},
	} {
		t.Run(name, func(t *testing.T) {
			s := startBooksServer(t, test.flags...)
			stop := watchBooks(t, s)
			for _, size := range test.sizes {
				for range test.each {
					conn := connect(t, s.addr).conn
					conn.SetWriteDeadline(time.Now().Add(patience))
					half := "*2\r\n$4\r\nECHO\r\n$30000000\r\n"
					if test.flags != nil { // who has not authenticated may not send more
						half = "*10\r\n" + strings.Repeat("$9990\r\n"+strings.Repeat("x", 9990)+"\r\n", size/9990) + "$9999\r\n"
					}
					io.WriteString(conn, half+strings.Repeat("x", max(size-len(half), 1))) // it may be cut off
				}
			}
			for _, arguments := range []int{1, 8, 9, 30, 60, 1000} {
				c := connect(t, s.addr)
				if test.flags != nil {
					c.mustDo(t, "AUTH secret", simple("OK"))
				}
				c.mustDoArgs(t, append([]string{"EXISTS"}, slices.Repeat([]string{"vec:"}, arguments)...), integer(0))
				// And in two pieces.
				line := fmt.Sprintf("*%d\r\n$6\r\nEXISTS\r\n%s", arguments+1, strings.Repeat("$4\r\nvec:\r\n", arguments))
				io.WriteString(c.conn, line[:len(line)-3])
				time.Sleep(2 * time.Millisecond)
				io.WriteString(c.conn, line[len(line)-3:])
				if r, err := c.receive(); err != nil || r.raw != integer(0) {
					t.Fatalf("EXISTS of %d, in two pieces: %q, %v", arguments, r.raw, err)
				}
			}
			stop()
		})
	}
}

// TestBooks_DeafReadersOfLongReplies: what is collected for replies that nobody reads is held for long, and
// all such clients together may hold so much and no more.
func TestBooks_DeafReadersOfLongReplies(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"KEYS *", "PT.LIST", "CLIENT LIST", "SLOWLOG GET -1", "SMEMBERS odd", "PT.SCAN odd 0 COUNT 65536 RUNS", "SRANDMEMBER odd 65536", "PT.SAMPLE odd COUNT 65536 WITHSTATE",
		"PT.SCAN many 0 COUNT 6000", "ECHO " + strings.Repeat("x", 60_000), "MONITOR",
	} {
		t.Run(fmt.Sprintf("%.20s", line), func(t *testing.T) {
			if testing.Short() && line != "PT.LIST" && line != "MONITOR" {
				t.Skip("this is the short form")
			}
			s := startBooksServer(t, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000")
			c := connect(t, s.addr)
			c.mustReply(t, "PT.ADDRANGE", "many", "0", "1000000")
			for i := range 15_000 {
				c.send("PT.CREATE", fmt.Sprintf("%d:%s", i, strings.Repeat("x", 400)))
			}
			for range 15_000 {
				if r, err := c.receive(); err != nil || r.raw != simple("OK") {
					t.Fatalf("%q, %v", r.raw, err)
				}
			}
			for from := 0; from < 131_072; from += 1024 { // runs of one
				ids := []string{"PT.ADD", "odd"}
				for id := from + 1; id < from+1024; id += 2 {
					ids = append(ids, strconv.Itoa(id))
				}
				c.mustDoArgs(t, ids, integer(512))
			}
			stop := watchBooks(t, s)
			request := strings.Repeat(line+"\r\n", 1+60_000/len(line)/20)
			for range 200 {
				conn := deaf(t, s.addr)
				conn.SetWriteDeadline(time.Now().Add(patience))
				io.WriteString(conn, request) // it may be cut off
			}
			for range 150 {
				c.mustReply(t, "ECHO", strings.Repeat("x", 60_000))
			}
			stop()
			c.mustDo(t, "PING", pingedOnce)
		})
	}
}

// TestBooks_WhatIsDroppedWhileHeld: a delete iterator that is open for years does not keep the memory of
// what is dropped, cleared or flushed under it.
func TestBooks_WhatIsDroppedWhileHeld(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"PT.DROP p", "PT.CLEAR p", "FLUSHALL", "DEL p"} {
		t.Run(end, func(t *testing.T) {
			s := startBooksServer(t)
			c := connect(t, s.addr)
			stop := watchBooks(t, s)
			for range 40 { // 25 MB each
				c.mustDo(t, "PT.ADDRANGE p 0 200000000", integer(200_000_000))
				c.mustReply(t, words("PT.DELITER OPEN p TTL 9000000000000")...)
				if r := c.mustReply(t, words(end)...); r.kind == '-' {
					t.Fatal(r.raw)
				}
				if end == "PT.CLEAR p" { // its iterator stays
					c.mustReply(t, "PT.DROP", "p")
				}
			}
			if used := infoField(t, c, "trackers_memory"); used > 1<<20 {
				t.Errorf("%d bytes are used by trackers that are gone", used)
			}
			stop()
		})
	}
}

// TestBooks_OpenedAndClosed: a worker that opens and closes iterators all day takes no more memory in the
// evening, whatever they end with.
func TestBooks_OpenedAndClosed(t *testing.T) {
	s := startBooksServer(t)
	c := connect(t, s.addr)
	const prefixes, rounds = 500, 200
	pipelined(t, c, prefixes, func(i int) []string { return []string{"PT.ADD", fmt.Sprint("p:", i), "1"} })
	var before int64
	for round := range rounds {
		tokens := pipelined(t, c, prefixes, func(i int) []string {
			return []string{"PT.DELITER", "OPEN", fmt.Sprint("p:", i), "ONCLOSE"}
		})
		pipelined(t, c, prefixes, func(i int) []string { return []string{"PT.DELITER", "CLOSE", tokens[i].text} })
		if round == rounds/10 {
			before = s.residentBytes(t)
		}
	}
	if more := s.residentBytes(t) - before; more > 4<<20 && memoryCounts() {
		t.Errorf("%d iterators that are closed have left %s", prefixes*rounds, mib(more))
	}
}
