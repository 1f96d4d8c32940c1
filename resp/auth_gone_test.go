package resp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// gatekeeper answers every command by what becomes of its second word as a password. KILLED is killed before
// it could leave its loop, OUT has to give the password again.
type gatekeeper struct{ c *Conn }

func (gatekeeper) Open(c *Conn) Session { return gatekeeper{c} }
func (g gatekeeper) Serve(args [][]byte) {
	if string(args[0]) == "OUT" {
		before := g.c.Server.now()
		g.c.Deauthenticate()
		if at := g.c.standing(); !at.stranger || at.since < before {
			g.c.Error("since when is it a stranger?")
			return
		}
		g.c.SimpleString("OUT")
		return
	}
	switch err := g.c.Authenticate(args[1]); err {
	case ErrCallAgain:
		if string(args[0]) == "KILLED" {
			g.c.Kill()
		}
	case nil:
		g.c.SimpleString("OK")
	default:
		g.c.Error(err.Error())
	}
}
func (gatekeeper) Settle()             {}
func (gatekeeper) Note(*journal.Batch) {}
func (gatekeeper) EndBatch()           {}
func (gatekeeper) Close()              {}

// gate serves a gatekeeper on loopback until the test ends.
func gate(t *testing.T, config Config) (s *Server, addr string) {
	t.Helper()
	s = NewServer(gatekeeper{}, zerolog.Nop(), config)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s, ln.Addr().String()
}

// spend makes the throttle one that has spent all for so long a time.
func (t *throttle) spend(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spent = t.now() + d
	t.alarm = false // the one there is was for another time
	t.takeTurns()
}

// waits returns how many wait, and how many of these have failed before.
func (t *throttle) waits() (n, again int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := t.waiting.Front(); e != nil; e = e.Next() {
		if n++; e.Value.(*attempt).again {
			again++
		}
	}
	return n, again
}

// A connection that has given a wrong password stands in another line than a new one; one that has been
// let in, and has to give its password anew, does not. What waits ends with its connection, however that
// ends.
func TestAuthenticate_WhoWaits(t *testing.T) {
	for name, loops := range map[string]int{"loops": DefaultLoops(), "redcon": 0} {
		t.Run(name, func(t *testing.T) {
			config := DefaultConfig()
			config.Loops, config.Password = loops, "right"
			s, addr := gate(t, config)
			until := func(n, again int) {
				t.Helper()
				deadline := time.Now().Add(20 * time.Second)
				for {
					gotN, gotAgain := s.throttle.waits()
					if gotN == n && gotAgain == again {
						return
					}
					if time.Now().After(deadline) {
						t.Fatalf("%d wait, %d of them again; want %d and %d", gotN, gotAgain, n, again)
					}
					time.Sleep(time.Millisecond)
				}
			}
			open := func() (nc net.Conn, ask func(password, want string)) {
				nc, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = nc.Close() })
				if err := nc.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				r := bufio.NewReader(nc)
				return nc, func(password, want string) {
					t.Helper()
					if _, err := io.WriteString(nc, "AUTH "+password+"\r\n"); err != nil {
						t.Fatal(err)
					}
					if want == "" {
						return
					}
					if line, err := r.ReadString('\n'); line != want {
						t.Fatalf("%q, %v; want %q", line, err, want)
					}
				}
			}
			const ok, wrong = "+OK\r\n", "-wrong password\r\n"
			_, failed := open()
			failed("wrong", wrong)
			_, in := open()
			in("right", ok)
			_, newcomer := open()
			s.throttle.spend(time.Hour)
			newcomer("right", "")
			until(1, 0)
			failed("right", "")
			until(2, 1)
			in("right", "")
			until(3, 1)
			// The server ends one. It knows of what a client ends when there are many, or nobody is asked.
			for _, c := range s.Conns() {
				if c.ID == 1 {
					c.Kill()
				}
			}
			until(2, 0)
			if loops == 0 {
				return
			}
			// So does one that has not begun to wait: the count is of those who have a turn.
			for range 3 {
				nc, _ := open()
				if _, err := io.WriteString(nc, "KILLED right\r\n"); err != nil {
					t.Fatal(err)
				}
				if _, err := nc.Read(make([]byte, 1)); err == nil {
					t.Fatal("it is answered")
				}
			}
			until(2, 0)
		})
	}
}

// While many wait, the attempts of those who have ended their side are ended, too: they are told that their
// passwords were not checked, never that they are wrong. Whoever stays is answered.
func TestAuthenticate_WhoHasGoneAmongMany(t *testing.T) {
	for name, loops := range map[string]int{"loops": DefaultLoops(), "redcon": 0} {
		t.Run(name, func(t *testing.T) {
			config := DefaultConfig()
			config.Loops, config.Password, config.Command = loops, "right", 0
			s, addr := gate(t, config)
			s.throttle.spend(time.Hour) // nobody's turn comes

			var mu sync.Mutex
			told := make(map[string]int)
			var all sync.WaitGroup
			ask := func(password string, goes bool) {
				nc, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(nc, "AUTH "+password+"\r\n"); err != nil {
					t.Fatal(err)
				}
				if goes {
					if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
						t.Fatal(err)
					}
				}
				all.Go(func() {
					defer nc.Close()
					_ = nc.SetReadDeadline(time.Now().Add(60 * time.Second)) // the read says so
					line, err := bufio.NewReader(nc).ReadString('\n')
					mu.Lock()
					defer mu.Unlock()
					told[fmt.Sprintf("%s, goes %v: %q, in time %v", password, goes, line, err == nil)]++
				})
			}
			const gone = `right, goes true: "-password not checked\r\n", in time true`
			const leaving = 50
			staying := manyWaiting
			for range staying {
				ask("wrong", false)
			}
			for range leaving {
				ask("right", true)
			}
			// Who comes has those before him looked at.
			for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); staying++ {
				mu.Lock()
				n := told[gone]
				mu.Unlock()
				if n == leaving {
					break
				}
				ask("wrong", false)
				time.Sleep(time.Millisecond)
			}
			s.throttle.spend(-time.Hour)
			all.Wait()
			if want := map[string]int{gone: leaving, `wrong, goes false: "-wrong password\r\n", in time true`: staying}; fmt.Sprint(told) != fmt.Sprint(want) {
				t.Errorf("told were %v; want %v", told, want)
			}
			if n := s.refusals[refusedUnchecked].count.Load(); n != leaving {
				t.Errorf("%d are counted as not checked; want %d", n, leaving)
			}
		})
	}
}
