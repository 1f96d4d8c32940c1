package resp_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// deaf connects a client that has little room for what it does not read.
func deaf(t *testing.T, addr string) net.Conn {
	t.Helper()
	nc, _ := dial(t, addr)
	if err := nc.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	return nc
}

// refused returns how many were refused for each reason there was.
func refused(s *resp.Server) string {
	var all []string
	for _, r := range figuresOf(s).Traffic.Refusals {
		if r.Count > 0 {
			all = append(all, fmt.Sprintf("%s %d", r.Reason, r.Count))
		}
	}
	return strings.Join(all, ", ")
}

// A client that does not take its last words is disconnected, and nothing else happens: it has done
// what it may.
func TestServer_LastWordsNobodyTakes(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if string(args[0]) == "QUIT" {
				c.BulkString(strings.Repeat("x", 300_000)) // the server's socket takes it, the client's does not
				c.CloseAfterReply()
			}
			c.OK()
		})
		send(t, deaf(t, addr), "QUIT\r\n")
		eventually(t, "the client is gone", func() bool {
			f := figuresOf(server)
			return f.Traffic.Connections == 1 && f.Clients.Connected == 0
		})
		if r := refused(server); r != "" {
			t.Errorf("refused: %s", r)
		}
		nc, r := dial(t, addr)
		send(t, nc, "PING\r\n")
		expect(t, r, "+OK\r\n")
	})
}

// A client gets all replies that it has let wait when it reads after all, even if it sends nothing
// more and nothing is left of the last batch but what its socket had no room for.
func TestServer_WhoReadsLateGetsAll(t *testing.T) {
	loops := onLoops(t)
	long := strings.Repeat("x", 100_000) // is sent at once, and leaves nothing for later
	var executed atomic.Int64
	server, addr, _ := start(t, loops, func(c *resp.Conn, _ [][]byte) {
		c.BulkString(long)
		executed.Add(1)
	})
	nc, r := dial(t, addr)
	reply := int64(len("$100000\r\n") + len(long) + len("\r\n"))
	sent := int64(0)
	for full := false; !full; {
		send(t, nc, "GET\r\n")
		sent++
		eventually(t, "the command is executed", func() bool { return executed.Load() == sent })
		full = int64(figuresOf(server).Traffic.BytesOut) < sent*reply
	}
	if n, err := io.CopyN(io.Discard, r, sent*reply); err != nil {
		t.Errorf("%d bytes of %d come, %v", n, sent*reply, err)
	}
}

// Who does not read is disconnected after a time, wherever its connection is by then.
func TestServer_WhoNeverReadsIsRefused(t *testing.T) {
	for name, total := range map[string]int{"stays on its loop": 5_000_000, "leaves it": 50_000_000} {
		t.Run(name, func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				server, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, _ [][]byte) {
					c.BulkString(strings.Repeat("x", 500_000))
				}), func(c *resp.Config) { c.Write = 200 * time.Millisecond })
				send(t, deaf(t, addr), strings.Repeat("GET\r\n", total/500_000))
				eventually(t, "the client is gone", func() bool {
					f := figuresOf(server)
					return f.Traffic.Connections == 1 && f.Clients.Connected == 0
				})
				if r := refused(server); r != "write_timeout 1" {
					t.Errorf("refused: %s", r)
				}
			})
		})
	}
}

// A client that takes something now and then is no slow reader, however long the server's socket has
// no room for more. The client's own pauses count: a machine that is too busy for it proves nothing.
func TestServer_WhoReadsSlowlyStays(t *testing.T) {
	const limit = time.Second
	eachTransport(t, func(t *testing.T, loops int) {
		server, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, _ [][]byte) {
			c.BulkString(strings.Repeat("x", 1_000_000))
		}), func(c *resp.Config) { c.Write = limit })
		nc := deaf(t, addr)
		send(t, nc, strings.Repeat("GET\r\n", 20))
		var longest time.Duration
		piece := make([]byte, 4096)
		began := time.Now()
		for last := began; time.Since(began) < 4*limit; {
			if _, err := io.ReadFull(nc, piece); err != nil {
				if longest > limit/4 {
					t.Skipf("the machine is too busy: it did not read for %v", longest)
				}
				t.Fatalf("after %v: %v, refused: %s", time.Since(began), err, refused(server))
			}
			time.Sleep(limit / 20)
			longest = max(longest, time.Since(last))
			last = time.Now()
		}
	})
}

// Limits that are as long as can be are none.
func TestServer_LongestLimits(t *testing.T) {
	for _, longest := range []time.Duration{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 - time.Duration(time.Hour)} {
		t.Run(longest.String(), func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				server, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, _ [][]byte) { c.OK() }), func(c *resp.Config) {
					c.Idle, c.Command, c.Write, c.Handshake, c.Password = longest, longest, longest, longest, "secret"
				})
				nc, r := dial(t, addr)
				for range 3 {
					send(t, nc, "PING\r\nPI")
					expect(t, r, "+OK\r\n")
					// No longer than a loop takes to look at all of its clients.
					if err := nc.SetReadDeadline(time.Now().Add(700 * time.Millisecond)); err != nil {
						t.Fatal(err)
					}
					if b, err := r.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Fatalf("%q, %v, refused: %s", b, err, refused(server))
					}
					if err := nc.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
						t.Fatal(err)
					}
					send(t, nc, "NG\r\n")
					expect(t, r, "+OK\r\n")
				}
			})
		})
	}
}
