package integration_test

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What the documentation says of guesses: so many are found out in a second, and so many at once
// after a quiet time.
const guessesPerSecond, guessesAtOnce = 300, 100

// guessing is many connections that give wrong passwords, one after the other, until they are told
// to end.
type guessing struct {
	over  atomic.Bool
	all   sync.WaitGroup
	wrong atomic.Int64 // answers
	odd   atomic.Value // another answer, a string
}

// guess begins with n connections. One in two opens a new one for each guess.
func (g *guessing) guess(n int, dial func() (net.Conn, error)) {
	const line = "AUTH wrong\r\n"
	for i := range n {
		g.all.Go(func() {
			conn, err := dial()
			for ; !g.over.Load() && err == nil; g.wrong.Add(1) {
				conn.SetDeadline(time.Now().Add(patience))
				answer := make([]byte, len(failure(wrongPass)))
				read := 0
				if _, err = conn.Write([]byte(line)); err == nil {
					read, err = conn.Read(answer)
				}
				if got := string(answer[:read]); err == nil && got != failure(wrongPass) {
					err = fmt.Errorf("a wrong password is answered %q", got)
				}
				if err == nil && i%2 == 0 {
					conn.Close()
					conn, err = dial()
				}
			}
			if err != nil && !g.over.Load() {
				g.odd.Store(err.Error())
			}
			if conn != nil {
				conn.Close()
			}
		})
	}
}

// end stops them, and fails the test if one was answered anything else.
func (g *guessing) end(t *testing.T) {
	t.Helper()
	g.over.Store(true)
	g.all.Wait()
	if odd := g.odd.Load(); odd != nil {
		t.Error(odd)
	}
}

// TestARightPasswordWhileAThousandGuess: whatever others guess, and from wherever, a right password
// is accepted, those who are in do not notice, and a bounded number of guesses is found out. (With
// growing delays for an address, a right password from it was refused like a wrong one.)
func TestARightPasswordWhileAThousandGuess(t *testing.T) {
	onLinux(t)
	// Guessers would be sent away after half a minute without the right one.
	s, path := onSocket(t, "--requirepass", "secret", "--command-timeout", "0s")
	inside := connect(t, s.addr)
	inside.mustDo(t, "AUTH secret", simple("OK"))

	from := func(host string) func() (net.Conn, error) {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
		return func() (net.Conn, error) { return dialer.Dial("tcp", s.addr) }
	}
	const field, guessers = "refused_wrong_password", 1000
	began, before := time.Now(), infoField(t, inside, field)
	var g guessing
	g.guess(guessers/2, from("127.0.0.2"))
	for i := range guessers / 10 {
		g.guess(2, from(fmt.Sprintf("127.0.1.%d", i+1)))
	}
	g.guess(guessers*3/10, func() (net.Conn, error) { return net.Dial("unix", path) })
	eventually(t, "they guess", func() bool { return g.wrong.Load() > 2*guessesAtOnce })

	longest := time.Duration(0)
	for _, open := range []func() *client{
		func() *client { return connectFrom(t, "127.0.0.2", s.addr) },
		func() *client { return connectFrom(t, "127.0.1.1", s.addr) },
		func() *client { return connectFrom(t, "127.0.2.1", s.addr) },
		func() *client { return connectUnix(t, path) },
	} {
		honest, asked := open(), time.Now()
		honest.mustDo(t, "AUTH secret", simple("OK"))
		longest = max(longest, time.Since(asked))
		honest.mustDo(t, "PING", pingedOnce)
		inside.mustDo(t, "PING", pingedOnce)
	}
	found, took := infoField(t, inside, field)-before, time.Since(began)
	if most := guessesAtOnce + int64(guessesPerSecond*took.Seconds()); found > most {
		t.Errorf("%d guesses were found out in %v; want %d at most", found, took, most)
	}
	t.Logf("%d guesses were found out in %v; a right password waited %v at most", found, took, longest)
	g.end(t)
}

// TestGuessesThatNobodyWaitsFor: many give a wrong password and go at once. That does not keep out
// who comes from the same address and stays.
func TestGuessesThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--requirepass", "secret")
	inParallel(t, 4, func(int) error {
		for range 1500 {
			conn, err := net.Dial("tcp", s.addr)
			if err != nil {
				return err
			}
			conn.Write([]byte("AUTH wrong\r\n"))
			conn.Close()
		}
		return nil
	})
	for range 3 {
		connect(t, s.addr).mustDo(t, "AUTH secret", simple("OK"))
	}
}

// TestARightPasswordBehindThousandsOfGuesses: thousands of connections of one address have each given a
// wrong password and wait. A right one from there is accepted like any other, when its turn comes, and
// none is told anything but that its own is wrong. (There were 1,500 places for an address, and who found
// none was sent away, whatever the password was.)
func TestARightPasswordBehindThousandsOfGuesses(t *testing.T) {
	t.Parallel()
	onLinux(t)
	const many = 2500
	s := startServer(t, "--requirepass", "secret", "--command-timeout", "0s")
	var wrong, written atomic.Int64
	var all sync.WaitGroup
	for range many {
		conn, err := net.DialTimeout("tcp", s.addr, patience)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			conn.Write([]byte("AUTH wrong\r\n"))
			written.Add(1)
			answer := make([]byte, 100)
			switch n, err := conn.Read(answer); {
			case string(answer[:n]) == failure(wrongPass):
				wrong.Add(1)
			default:
				t.Errorf("a guess is told %q, %v", answer[:n], err)
			}
		})
	}
	eventually(t, "all have guessed", func() bool { return written.Load() == many })
	elsewhere, asked := connectFrom(t, "127.0.0.2", s.addr), time.Now()
	elsewhere.mustDo(t, "AUTH secret", simple("OK"))
	soon := time.Since(asked)
	asked = time.Now()
	connect(t, s.addr).mustDo(t, "AUTH secret", simple("OK"))
	t.Logf("right passwords: from elsewhere after %v, behind %d guesses of its address after %v", soon, many, time.Since(asked))
	all.Wait()
	if n := infoField(t, elsewhere, "refused_wrong_password"); n != many || wrong.Load() != many {
		t.Errorf("%d guesses were found out and %d told so; want %d", n, wrong.Load(), many)
	}
	if n := infoField(t, elsewhere, "refused_password_not_checked"); n != 0 {
		t.Errorf("%d passwords were not checked", n)
	}
}
