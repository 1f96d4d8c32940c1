package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// crowd is a server's clients, of which some are honest and check that they get every reply, in
// order, and the others end in all the ways there are.
type crowd struct {
	t       *testing.T
	addr    string
	over    atomic.Bool
	checked atomic.Int64 // replies
	killing bool         // somebody kills clients: a connection may end early
}

func command(args ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b.String()
}

// TestCrowd has honest clients beside those that reset, half-close, are killed, read nothing, want no
// replies or send urgent data, on both listeners. An honest one gets all of its replies in order, also
// when it leaves its loop in the middle, when they are huge, when it reads late, and when it has ended
// its side.
func TestCrowd(t *testing.T) {
	onLinux(t)
	for _, listener := range []string{"loop", "redcon"} {
		for _, killing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, killing %t", listener, killing), func(t *testing.T) {
				t.Parallel()
				s := startServer(t, "--listener", listener, "--loops", "2", "--enable-debug-command", "yes", "--shutdown-timeout", "10s")
				c := &crowd{t: t, addr: s.addr, killing: killing}
				var all sync.WaitGroup
				for id := range 6 {
					all.Go(func() {
						for round := 0; !c.over.Load(); round++ {
							c.honest(fmt.Sprintf("%d:%d", id, round))
						}
					})
				}
				for id := range 7 {
					if id == 0 && !killing {
						continue
					}
					all.Go(func() {
						for !c.over.Load() {
							c.hostile(id)
						}
					})
				}
				time.Sleep(3 * time.Second) // for as long as that; nothing depends on it
				c.over.Store(true)
				all.Wait()
				if n := c.checked.Load(); n == 0 {
					t.Error("no reply was checked")
				}
			})
		}
	}
}

// honest sends a pipeline, reads its replies and ends.
func (c *crowd) honest(name string) {
	nc, err := net.Dial("tcp", c.addr)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	commands := 1 + rand.IntN(400)
	if rand.IntN(4) == 0 {
		commands += 5000
	}
	var out strings.Builder
	var want []string
	huge, long := rand.IntN(4) == 0, rand.IntN(2) == 0
	for i := range commands {
		text := fmt.Sprintf("%s:%d", name, i)
		switch {
		case long && i%300 == 200:
			out.WriteString(command("DEBUG", "SLEEP", "0.001"))
			want = append(want, "+OK\r\n")
			continue
		case huge && i%50 == 0:
			text += strings.Repeat("x", 60_000+rand.IntN(8000))
		}
		out.WriteString(command("ECHO", text))
		want = append(want, bulk(text))
	}
	ends, late := rand.IntN(3), rand.IntN(4) == 0
	if ends == 1 {
		out.WriteString(command("QUIT"))
		want = append(want, "+OK\r\n")
	}
	go func() {
		for s := out.String(); len(s) > 0; {
			n := min(len(s), 1+rand.IntN(70_000))
			if _, err := io.WriteString(nc, s[:n]); err != nil {
				return // the reader says what is wrong with that
			}
			s = s[n:]
		}
		if ends == 2 {
			nc.(*net.TCPConn).CloseWrite()
		}
	}()
	if late {
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	}
	r := bufio.NewReader(nc)
	for i, w := range want {
		got := make([]byte, len(w))
		if n, err := io.ReadFull(r, got); err != nil {
			if !c.killing {
				c.t.Errorf("%s: reply %d of %d (%d behind it): %q, %v", name, i, len(want), ends, got[:min(n, 50)], err)
			}
			return
		}
		if string(got) != w {
			c.t.Errorf("%s: reply %d of %d is %.50q, want %.50q", name, i, len(want), got, w)
			return
		}
		c.checked.Add(1)
	}
	if ends != 0 && !c.killing {
		if b, err := r.ReadByte(); err != io.EOF {
			c.t.Errorf("%s: behind the replies come %q, %v", name, b, err)
		}
	}
}

// hostile is one of the others. What becomes of it is its own affair.
func (c *crowd) hostile(kind int) {
	nc, err := net.Dial("tcp", c.addr)
	if err != nil {
		return // too many connections, for a moment
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(time.Second))
	switch kind {
	case 0: // kills, itself perhaps
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		io.WriteString(nc, command("CLIENT", "LIST")+command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", []string{"yes", "no"}[rand.IntN(2)]))
		io.CopyN(io.Discard, nc, 50)
	case 1: // is pushed to and goes away
		io.WriteString(nc, command("MONITOR")+command("PING"))
		io.CopyN(io.Discard, nc, rand.Int64N(50_000))
	case 2: // resets the connection amid a pipeline
		io.WriteString(nc, strings.Repeat(command("ECHO", strings.Repeat("x", 1000)), rand.IntN(3000)))
		nc.(*net.TCPConn).SetLinger(0)
	case 3: // reads nothing and quits
		io.WriteString(nc, strings.Repeat(command("COMMAND", "DOCS"), 100)+command("QUIT"))
	case 4: // tracks, and changes its protocol meanwhile
		io.WriteString(nc, command("HELLO", "3")+command("CLIENT", "TRACKING", "ON", "OPTIN"))
		for i := range 50 {
			io.WriteString(nc, command("CLIENT", "CACHING", "YES")+command("PT.COUNT", "crowd:")+command("PT.ADD", "crowd:", fmt.Sprint(i))+command("FLUSHALL"))
		}
		io.WriteString(nc, command("HELLO", "2")+command("RESET"))
		io.CopyN(io.Discard, nc, rand.Int64N(5000))
	case 5: // says something urgent
		for range 5 {
			io.WriteString(nc, command("PING")+command("DEBUG", "SLEEP", "0"))
			if raw, err := nc.(*net.TCPConn).SyscallConn(); err == nil {
				raw.Control(func(fd uintptr) { syscall.Sendto(int(fd), []byte("!"), syscall.MSG_OOB, nil) })
			}
		}
		io.CopyN(io.Discard, nc, 20)
	case 6: // wants no replies, and leaves half a command
		io.WriteString(nc, command("CLIENT", "REPLY", "OFF")+strings.Repeat(command("COMMAND", "DOCS"), 10)+command("CLIENT", "REPLY", "ON")+command("DEBUG", "SLEEP", "0")+"*2\r\n$4\r\nEC")
		nc.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, nc)
	}
}
