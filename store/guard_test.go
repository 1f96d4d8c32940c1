package store

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// answering is a server that answers each time that something comes with the next of replies, the last one for ever.
func answering(t *testing.T, replies ...string) (addr string) {
	t.Helper()
	return redistest.Accept(t, func(c net.Conn) {
		buf := make([]byte, 1<<16)
		for i := 0; ; i++ {
			if _, err := c.Read(buf); err != nil {
				return
			}
			if _, err := io.WriteString(c, replies[min(i, len(replies)-1)]); err != nil {
				return
			}
		}
	})
}

// Nothing that a server says ends the process, or takes memory without end.
func TestStore_NonsenseEndsNothing(t *testing.T) {
	t.Parallel()
	for _, says := range []string{
		"$-2\r\n", "*-7\r\n", "$99999999999\r\n", "*99999999999\r\n", "*384307168202282326\r\n", "%4611686018427387904\r\n", "$18446744073709551615\r\n",
		strings.Repeat("*1\r\n", 1<<20), "$?\r\n;-5\r\n", "|1\r\n", ">-3\r\n", "_ab$-2\r\n", "-MOVED\r\n", "-ASK 1\r\n", "!5\r\nMOVED\r\n", "$5\nabcde\r\n",
	} {
		s := open(t, "redis://"+answering(t, says)+"?wait=100ms")
		began := time.Now()
		_, err := s.Size(t.Context())
		if err == nil || passes(err) && time.Since(began) > time.Second {
			t.Errorf("%.20q: %v after %v", says, err, time.Since(began))
		}
	}
}

// What servers do say passes as it is, in whatever pieces it comes.
func TestGuarded_LetsThrough(t *testing.T) {
	t.Parallel()
	whole := "+OK\r\n-ERR no\r\n:-9223372036854775808\r\n$-1\r\n$0\r\n\r\n$5\r\na\r\nb$\r\n*-1\r\n*0\r\n*2\r\n$1\r\n0\r\n*1\r\n$3\r\nvec\r\n" +
		"-MOVED 1 [::1]:5\r\n-ASK 1 :5\r\n*3\r\n*0\r\n$0\r\n\r\n*1\r\n:1\r\n"
	whole = strings.Repeat(whole, 3)
	for size := 1; size < 9; size++ {
		one, other := net.Pipe()
		go func() {
			for at := 0; at < len(whole); at += size {
				_, _ = io.WriteString(one, whole[at:min(at+size, len(whole))])
			}
			one.Close()
		}()
		g := &guarded{in: other}
		got, err := io.ReadAll(bufio.NewReader(g))
		if string(got) != whole || err != nil || g.room != 0 || len(g.open) != 0 {
			t.Errorf("in pieces of %d: %d of %d, %v, %d, %v", size, len(got), len(whole), err, g.room, g.open)
		}
	}
	g := &guarded{}
	for range 1000 { // it is each reply that has a bound
		if err := g.pass([]byte("$100000\r\n" + strings.Repeat("x", 100000) + "\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.pass([]byte("*3\r\n$40000000\r\n" + strings.Repeat("x", 40000000) + "\r\n$40000000\r\n")); !errors.Is(err, errHuge) {
		t.Error(err)
	}
	g = &guarded{room: mostReply - 10}
	if err := g.pass([]byte("+a line that does not end")); !errors.Is(err, errHuge) {
		t.Error(err)
	}
}
