package resp_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// TestUsage_IsWhatTheClientHasNotTaken: what a client is told of and has not taken is either with the system, or
// what Usage says, to the byte: of replies on a loop, of those that wait while their connection leaves it, of one
// that is served by a goroutine, and of what others push. When all is read, nothing is left of it, nor in the
// books of the query memory.
func TestUsage_IsWhatTheClientHasNotTaken(t *testing.T) {
	reply := "$60000\r\n" + strings.Repeat("x", 60_000) + "\r\n"
	message := func(size int) *resp.Message {
		m := resp.NewMessage(2)
		m.SimpleString(strings.Repeat("x", size))
		return m
	}
	for name, fill := range map[string]func(t *testing.T, c net.Conn, served func() *resp.Conn) (pushed int){
		"one at a time": func(t *testing.T, c net.Conn, served func() *resp.Conn) int {
			for range 1000 { // until there is no room
				send(t, c, "BIG\r\n")
				if time.Sleep(time.Millisecond); served().Usage().Unsent > 0 {
					break
				}
			}
			return 0
		},
		"many at once": func(t *testing.T, c net.Conn, _ func() *resp.Conn) int {
			send(t, c, strings.Repeat("BIG\r\n", 500))
			return 0
		},
		"pushed": func(t *testing.T, c net.Conn, served func() *resp.Conn) (pushed int) {
			send(t, c, "OPEN\r\n")
			eventually(t, "it is open", func() bool { return served().Usage().Largest > 0 })
			for range 400 { // short ones, that are put together, and long ones
				for _, size := range []int{20, 100, 30, 5000, 10, 10_000} {
					served().Push(message(size))
					pushed += size + len("+\r\n")
				}
			}
			return pushed
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				var conn atomic.Pointer[resp.Conn]
				var replied atomic.Int64
				server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
					conn.Store(c)
					if string(args[0]) == "OPEN" {
						c.OpenPush()
						c.OK()
						replied.Add(int64(len("+OK\r\n")))
						return
					}
					replied.Add(int64(len(reply)))
					c.BulkString(reply[len("$60000\r\n") : len(reply)-2])
				})
				c, _ := dial(t, addr)
				served := func() *resp.Conn {
					eventually(t, "a command is served", func() bool { return conn.Load() != nil })
					return conn.Load()
				}
				pushed := fill(t, c, served)
				figures := func() (f observe.Figures) {
					server.Figures(&f)
					return f
				}
				told := func() int64 { return replied.Load() + int64(pushed) }
				usage := func() resp.Usage { return served().Usage() }
				eventually(t, "the client is behind", func() bool { return usage().Unsent > 0 && usage().Pieces > 0 })
				times := 0 // in a row: it may be so in passing, before the connection has left its loop
				eventually(t, "all that it is behind is told", func() bool {
					missing := told() - int64(figures().Traffic.BytesOut) - int64(usage().Unsent)
					// What is being made, off a loop, may be told of in part.
					if missing == 0 || name == "many at once" && loops == 0 && missing > 0 && missing <= int64(len(reply)) {
						times++
					} else {
						times = 0
					}
					return times == 50
				})
				go io.Copy(io.Discard, c)
				eventually(t, "it has everything", func() bool {
					return int64(figures().Traffic.BytesOut) == told() && usage().Unsent == 0 && usage().Pieces == 0
				})
				eventually(t, "nothing is held", func() bool { return figures().Memory.Queries == 0 })
			})
		})
	}
}
