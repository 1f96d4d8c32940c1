package resp_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// waitHeld waits until so many connections have replies that wait for the log.
func waitHeld(t *testing.T, s *resp.Server, n int) {
	t.Helper()
	eventually(t, "replies wait for the log", func() bool {
		var f observe.Figures
		s.Figures(&f)
		return f.Traffic.Held == n
	})
}

// silent wants the server to have sent nothing.
func silent(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v, of replies that wait for the log", n, err)
	}
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
}

// Whatever a client does beside, a reply comes when what it promises is on the disk, and
// in its place.
func TestKeep_RepliesWaitForTheDisk(t *testing.T) {
	for name, policy := range map[string]journal.Policy{"always": journal.Always, "first claims": journal.EverySec} {
		t.Run(name, func(t *testing.T) { repliesWait(t, policy) })
	}
}

func repliesWait(t *testing.T, policy journal.Policy) {
	for says, want := range map[string]string{
		"SET 1\r\n":                                   "+OK\r\n",
		"SET 1\r\nGET 1\r\nGET 2\r\n":                 "+OK\r\n:1\r\n:0\r\n",
		"SET 1\r\nQUIT\r\nSET 2\r\n":                  "+OK\r\n+OK\r\nEOF",
		"SET 1\r\nAWAY 2\r\nGET 1\r\n":                "+OK\r\n+OK\r\n:1\r\n",
		"AWAY 1\r\nGET 1\r\nSET 2\r\n":                "+OK\r\n:1\r\n+OK\r\n",
		"LATER 1\r\nGET 1\r\n":                        "+OK\r\n:1\r\n",
		"SET 1\r\nLATER 2\r\nAWAY 3\r\nGET 1\r\n":     "+OK\r\n+OK\r\n+OK\r\n:1\r\n",
		"MUCH 1\r\nGET 1\r\n":                         "$3145728\r\n" + muchKept + "\r\n:1\r\n",
		"SET 1\r\nMUCH 2\r\nAWAY 3\r\nQUIT\r\n":       "+OK\r\n$3145728\r\n" + muchKept + "\r\n+OK\r\n+OK\r\nEOF",
		strings.Repeat("SET 100\r\nGET 100\r\n", 900): strings.Repeat("+OK\r\n:1\r\n", 900),
	} {
		t.Run(strings.ReplaceAll(says[:min(len(says), 40)], "\r\n", " "), func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				k, s, addr := serveKept(t, loops, policy)
				c, r := dial(t, addr)
				letGo := k.disk.hold(t)
				send(t, c, says)
				waitHeld(t, s, 1)
				send(t, c, "GET 9\r\n")
				silent(t, c)
				letGo()
				text, ends := strings.CutSuffix(want, "EOF")
				if expect(t, r, text); !ends {
					expect(t, r, ":0\r\n")
				} else if _, err := r.ReadByte(); err != io.EOF {
					t.Errorf("behind QUIT: %v", err)
				}
				waitHeld(t, s, 0)
			})
		})
	}
}

// What a reply has seen of others waits, too; who has seen all of it on the disk does
// not.
func TestKeep_ReadsWaitForWhatTheyHaveSeen(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, s, addr := serveKept(t, loops, journal.Always)
		a, ar := dial(t, addr)
		b, br := dial(t, addr)
		send(t, b, "GET 1\r\n")
		expect(t, br, ":0\r\n")
		letGo := k.disk.hold(t)
		send(t, a, "SET 1\r\n")
		waitHeld(t, s, 1)
		send(t, b, "GET 1\r\n")
		waitHeld(t, s, 2)
		silent(t, b)
		letGo()
		expect(t, br, ":1\r\n")
		expect(t, ar, "+OK\r\n")
	})
}

// A connection that ends while its replies wait is gone at once if it was killed, and
// else when they could be sent; a server that stops sends them.
func TestKeep_Ends(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, s, addr := serveKept(t, loops, journal.Always)
		killed, _ := dial(t, addr)
		gone, _ := dial(t, addr)
		half, hr := dial(t, addr)
		stays, sr := dial(t, addr)
		letGo := k.disk.hold(t)
		for _, c := range []net.Conn{killed, gone, half, stays} {
			send(t, c, "SET 1\r\n")
		}
		waitHeld(t, s, 4)
		for _, c := range s.Conns() {
			if c.RemoteAddr() == killed.LocalAddr().String() {
				c.Kill()
			}
		}
		if _, err := killed.Read(make([]byte, 1)); err == nil {
			t.Error("a killed connection got a reply")
		}
		waitHeld(t, s, 3)
		_ = gone.Close()
		if err := half.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		stopped := make(chan error, 1)
		go func() { stopped <- s.Shutdown(t.Context()) }()
		silent(t, stays)
		silent(t, half)
		letGo()
		expect(t, hr, "+OK\r\n")
		expect(t, sr, "+OK\r\n")
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		waitHeld(t, s, 0)
	})
}

// While the system does not take what was appended, its replies wait, those of others
// go out, and when it does again all is as before.
func TestKeep_AFailingDisk(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, s, addr := serveKept(t, loops, journal.EverySec)
		a, ar := dial(t, addr)
		b, br := dial(t, addr)
		send(t, a, "SET 1\r\n")
		expect(t, ar, "+OK\r\n")
		k.disk.failing.Store(true)
		send(t, a, "SET 2\r\nGET 2\r\n")
		waitHeld(t, s, 1)
		send(t, b, "GET 1\r\n")
		expect(t, br, ":1\r\n")
		silent(t, a)
		k.disk.failing.Store(false)
		expect(t, ar, "+OK\r\n:1\r\n")
		send(t, a, "SET 3\r\n")
		expect(t, ar, "+OK\r\n")
	})
}

// Nobody waits for ever for a disk that has gone.
func TestKeep_ADeadDisk(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, s, addr := serveKept(t, loops, journal.EverySec)
		c, _ := dial(t, addr)
		k.disk.failing.Store(true)
		send(t, c, "SET 2\r\n")
		waitHeld(t, s, 1)
		if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read %d bytes, %v, when the log could not be written", n, err)
		}
		waitHeld(t, s, 0)
		k.disk.failing.Store(false)
		c, r := dial(t, addr)
		eventually(t, "the log is written again", func() bool { return k.log.Refusing() == nil })
		send(t, c, "GET 2\r\nSET 3\r\n")
		expect(t, r, ":1\r\n+OK\r\n")
	})
}

// Who has the log synced rouses the loop: it does not find out by itself, a second
// later.
func TestKeep_OneAfterTheOther(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		_, _, addr := serveKept(t, loops, journal.Always)
		c, r := dial(t, addr) // for 30 s
		for range 60 {
			send(t, c, "SET 1\r\n")
			expect(t, r, "+OK\r\n")
		}
	})
}

// Who waits for the log is not read from: what the server keeps for him does not grow
// with what he sends.
func TestKeep_NotReadFromMeanwhile(t *testing.T) {
	loops := resp.DefaultLoops()
	if loops == 0 {
		t.Skip("there are no event loops")
	}
	k, s, addr := serveKept(t, loops, journal.Always)
	c, r := dial(t, addr)
	letGo := k.disk.hold(t)
	send(t, c, "SET 1\r\n")
	waitHeld(t, s, 1)
	const many = 400_000
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c, strings.Repeat("GET 9\r\n", many))
		sent <- err
	}()
	time.Sleep(100 * time.Millisecond) // for a server that reads on
	for _, c := range s.Conns() {
		if n := c.Usage().Unsent; n > 64<<10 {
			t.Errorf("%d bytes of replies wait", n)
		}
	}
	letGo()
	expect(t, r, "+OK\r\n"+strings.Repeat(":0\r\n", many))
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// What a client has changed is in the log before it waits for something else: others
// see it meanwhile.
func TestKeep_LoggedBeforeARest(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, s, addr := serveKept(t, loops, journal.Always)
		a, ar := dial(t, addr)
		b, br := dial(t, addr)
		send(t, a, "AWAY 1\r\n")
		expect(t, ar, "+OK\r\n")
		letGo := k.disk.hold(t)
		before := k.log.Position()
		send(t, a, "SET 1000\r\nREST\r\n")
		eventually(t, "the change is logged", func() bool { return k.log.Position() > before })
		send(t, b, "GET 1000\r\n") // and waits for that
		waitHeld(t, s, 1)
		k.resting <- struct{}{}
		waitHeld(t, s, 2)
		silent(t, a)
		letGo()
		expect(t, ar, "+OK\r\n+OK\r\n")
		expect(t, br, ":1\r\n")
	})
}

// What a handler has changed that panicked before it noted that is in a base soon.
func TestKeep_APanic(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		k, _, addr := serveKept(t, loops, journal.EverySec)
		c, r := dial(t, addr)
		send(t, c, "BOOM 1\r\n")
		expect(t, r, "-ERR internal error\r\n")
		eventually(t, "there is a base", func() bool { return k.log.Status().Rewrite.Count == 1 })
	})
}

// What a connection leaves behind that leaves its loop is the loop's: others go on to
// note there.
func TestKeep_LeavingBesideOthers(t *testing.T) {
	t.Parallel()
	_, _, addr := serveKept(t, min(resp.DefaultLoops(), 1), journal.Always)
	var others sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		c, r := dial(t, addr)
		others.Go(func() {
			for n := i << 20; ; n += 64 {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := io.WriteString(c, "SET "+strconv.Itoa(n)+"\r\n"); err != nil {
					t.Error(err)
					return
				}
				if _, err := r.ReadString('\n'); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 300 {
		c, r := dial(t, addr)
		send(t, c, "SET 1\r\nAWAY 2\r\n")
		expect(t, r, "+OK\r\n+OK\r\n")
		_ = c.Close()
	}
	close(stop)
	others.Wait()
}
