package resp_test

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestGone_WorkEndsWithItsClient: work that has nothing to send ends when its client is gone: at once if that is
// certain, and with the patience for one that does not take its replies if it has only ended its side. What was
// answered before goes out to it at once.
func TestGone_WorkEndsWithItsClient(t *testing.T) {
	const patience = 300 * time.Millisecond
	for name, test := range map[string]struct {
		write time.Duration
		end   func(t *testing.T, c *net.TCPConn) (least time.Duration)
	}{
		"reset": {0, func(_ *testing.T, c *net.TCPConn) time.Duration {
			c.SetLinger(0)
			c.Close()
			return 0
		}},
		"closed": {patience, func(_ *testing.T, c *net.TCPConn) time.Duration {
			c.Close()
			return 0
		}},
		"its side ended": {patience, func(_ *testing.T, c *net.TCPConn) time.Duration {
			c.CloseWrite()
			return patience
		}},
		"its side ended, and no end of patience": {0, func(t *testing.T, c *net.TCPConn) time.Duration {
			c.CloseWrite()
			if n, err := c.Read(make([]byte, 5)); n != 5 || err != nil {
				t.Error("what is answered does not come:", n, err)
			}
			c.SetLinger(0)
			c.Close()
			return 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				begun, ended := make(chan struct{}), make(chan struct{})
				_, addr, _ := serve(t, loops, handlerFunc(func(c *resp.Conn, args [][]byte) {
					if string(args[0]) != "WORK" {
						c.OK()
						return
					}
					if c.LeaveLoop() {
						return
					}
					close(begun)
					for until := time.Now().Add(20 * time.Second); !c.Gone(); time.Sleep(time.Millisecond) {
						if time.Now().After(until) {
							t.Error("it works for nobody")
							break
						}
					}
					close(ended)
				}), func(config *resp.Config) { config.Write = test.write })
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				c.SetDeadline(time.Now().Add(20 * time.Second))
				send(t, c, "PING\r\nWORK\r\n")
				<-begun
				began := time.Now()
				least := test.end(t, c.(*net.TCPConn))
				<-ended
				if took := time.Since(began); took < least {
					t.Errorf("the work has ended after %v, want %v at least", took, least)
				}
			})
		})
	}
}

// The commands that a client has sent ahead end with it, too, though none of them is long work.
func TestGone_ABatchEndsWithItsClient(t *testing.T) {
	const commands = 3000
	eachTransport(t, func(t *testing.T, loops int) {
		var executed atomic.Int64
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			time.Sleep(5 * time.Millisecond)
			executed.Add(1)
			c.OK()
		})
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		send(t, c, strings.Repeat("STEP\r\n", commands))
		eventually(t, "it has begun", func() bool { return executed.Load() > 0 })
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
		eventually(t, "the client is gone", func() bool { return figuresOf(server).Clients.Connected == 0 })
		if n := executed.Load(); n == commands {
			t.Errorf("all of %d commands are executed for nobody", n)
		}
	})
}
