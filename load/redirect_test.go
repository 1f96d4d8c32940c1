package load_test

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/load"
)

// fake is a server that answers with what say says to the words of a request.
func fake(t testing.TB, say func(words []string) string) (addr string) {
	return redistest.Accept(t, func(c net.Conn) { answer(c, say) })
}

// answer answers requests until there are no more.
func answer(c net.Conn, say func(words []string) string) {
	in := bufio.NewReader(c)
	var err error
	line := func() (s string) {
		s, err = in.ReadString('\n')
		return strings.TrimSpace(s)
	}
	for {
		head := line()
		n, bad := strconv.Atoi(strings.TrimPrefix(head, "*"))
		words := make([]string, n)
		for i := range words {
			line()
			words[i] = line()
		}
		if err != nil {
			return
		}
		reply := "-ERR that is no request\r\n"
		if bad == nil {
			reply = say(words) + "\r\n"
		}
		if _, err := c.Write([]byte(reply)); err != nil {
			return
		}
	}
}

// pointed is a Route that one sets.
type pointed struct {
	spread    bool
	to        atomic.Pointer[string]
	refreshed atomic.Int64
}

func point(addr string, spread bool) *pointed {
	p := &pointed{spread: spread}
	p.to.Store(&addr)
	return p
}

func (p *pointed) Spread() bool                   { return p.spread }
func (p *pointed) Addr(uint16) string             { return *p.to.Load() }
func (p *pointed) Moved(slot uint16, addr string) { p.to.Store(&addr) }
func (p *pointed) Refresh(context.Context) error  { p.refreshed.Add(1); return nil }

// What is refused for a time is sent again until it is taken, and who is told that others have it asks the servers.
func TestRedirect_Refusals(t *testing.T) {
	t.Parallel()
	for text, asks := range map[string]bool{
		"-TRYAGAIN Multiple keys request during rehashing of slot": false,
		"-CLUSTERDOWN The cluster is down":                         true,
		"-LOADING Redis is loading the dataset in memory":          true,
		"-READONLY You can't write against a read only replica.":   true,
		"-MASTERDOWN Link with MASTER is down":                     true,
		"-MOVED 1 ?:0":                                             true,
	} {
		var n atomic.Int64
		route := point(fake(t, func([]string) string {
			if n.Add(1) <= 3 {
				return text
			}
			return "+OK"
		}), true)
		l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 2, Patience: time.Minute, Route: route, Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(10), most: 20})
		if s := l.well(t); s.Sent != 23 || s.Redirected != 0 || (route.refreshed.Load() > 0) != asks {
			t.Errorf("%s: %d sent, %d redirected, asked %d times", text, s.Sent, s.Redirected, route.refreshed.Load())
		}
	}
}

// What is refused for longer than the patience is a reply like others: an error, of the request.
func TestRedirect_PatienceEnds(t *testing.T) {
	t.Parallel()
	for _, patience := range []time.Duration{0, 50 * time.Millisecond} {
		var asked atomic.Int64
		route := point(fake(t, func([]string) string { asked.Add(1); return "-CLUSTERDOWN Hash slot not served" }), true)
		l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 1, Patience: patience, Route: route, Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(10), most: 2})
		if err := l.end(t); err != nil {
			t.Error(err)
		}
		f := &l.soFar().Kinds[0]
		if n := asked.Load(); f.Outcomes[load.Failed] != 2 || f.Faults["CLUSTERDOWN"] == nil || (n > 2) != (patience > 0) {
			t.Errorf("patience %v: %v, %v, asked %d times", patience, f.Outcomes, f.Faults, n)
		}
	}
}

// Two servers that send to each other for a time are not asked without a pause.
func TestRedirect_ToAndFro(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"MOVED", "ASK"} {
		var here, there atomic.Pointer[string]
		var mu sync.Mutex
		var times []time.Time
		say := func(other *atomic.Pointer[string]) func([]string) string {
			return func(words []string) string {
				if words[0] == "ASKING" {
					return "+OK"
				}
				mu.Lock()
				defer mu.Unlock()
				if times = append(times, time.Now()); len(times) > 1 && times[len(times)-1].Sub(times[0]) > 300*time.Millisecond {
					return "+OK"
				}
				return "-" + word + " 1 " + *other.Load()
			}
		}
		a, b := fake(t, say(&there)), fake(t, say(&here))
		here.Store(&a)
		there.Store(&b)
		l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 1, Patience: time.Minute, Route: point(a, true), Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(1), most: 1})
		s := l.well(t)
		mu.Lock()
		if s.Redirected != uint64(len(times)-1) {
			t.Errorf("%s: %d requests, %d redirected", word, len(times), s.Redirected)
		}
		for i := 2; i < len(times); i++ {
			if times[i-1].Sub(times[1]) > 10*time.Millisecond && times[i].Sub(times[i-1]) < 10*time.Millisecond {
				t.Errorf("%s: without a pause at %v", word, times[i].Sub(times[0]))
			}
		}
		mu.Unlock()
	}
}

// Who is sent on by ASK says ASKING first, each time, and that server hears of it for these requests alone.
func TestRedirect_Asking(t *testing.T) {
	t.Parallel()
	var asking atomic.Bool
	var bad atomic.Int64
	other := fake(t, func(words []string) string {
		if words[0] == "ASKING" {
			asking.Store(true)
			return "+OK"
		}
		if !asking.Swap(false) {
			bad.Add(1)
		}
		return "$-1"
	})
	route := point(fake(t, func(words []string) string {
		if strings.HasSuffix(words[1], "1") {
			return "-ASK 1 " + other
		}
		return "$-1"
	}), true)
	l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 10, Patience: time.Minute, Route: route, Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(10), most: 1000})
	if s := l.well(t); s.Redirected != 100 || s.Sent != 1100 || bad.Load() > 0 {
		t.Errorf("%d redirected, %d sent, %d without ASKING", s.Redirected, s.Sent, bad.Load())
	}
	if route.Addr(0) == other {
		t.Error("ASK is taken for MOVED")
	}
}

// Without a Cluster, MOVED is an error like others.
func TestRedirect_NotSpread(t *testing.T) {
	t.Parallel()
	route := point(fake(t, func([]string) string { return "-MOVED 1 127.0.0.1:1" }), false)
	l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 2, Patience: time.Minute, Route: route, Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(10), most: 4})
	if err := l.end(t); err != nil {
		t.Error(err)
	}
	if f := l.soFar().Kinds[0].Faults["MOVED"]; f == nil || f.Count != 4 {
		t.Errorf("%v", f)
	}
}

// A server that lets in, and goes when it is asked for something, ends the load with patience.
func TestReconnect_AgainAndAgain(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var pauses []time.Duration // between an end and the next connection
	served := make(chan struct{})
	go func() {
		defer close(served)
		ended := time.Now()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			pauses = append(pauses, time.Since(ended))
			c.Read(make([]byte, 1))
			ended = time.Now()
			c.Close()
		}
	}()
	run := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 1, Patience: 500 * time.Millisecond, Addr: l.Addr().String(), Dial: dialTCP}, &book{command: []string{"GET"}, keys: numbered(10), again: true, most: 4})
	if err := run.end(t); err == nil || !strings.Contains(err.Error(), "again and again") || !strings.HasPrefix(err.Error(), l.Addr().String()) || strings.HasSuffix(err.Error(), ": ") {
		t.Error(err)
	}
	l.Close()
	<-served
	for i, pause := range pauses[2:] { // a connection may break once
		if pause < 10*time.Millisecond {
			t.Errorf("connection %d comes %v after the end of the one before", i+2, pause)
		}
	}
}

// Where a connection breaks in the middle of a reply, and of a request, the next begins with whole ones.
func TestReconnect_BeginsAnew(t *testing.T) {
	t.Parallel()
	for name, dial := range map[string]func(context.Context, string) (net.Conn, error){"sockets": dialTCP, "goroutines": dialBare} {
		var conns atomic.Int64
		addr := redistest.Accept(t, func(c net.Conn) {
			if conns.Add(1) > 1 {
				answer(c, func([]string) string { return "+OK" })
				return
			}
			c.Read(make([]byte, 1000))
			c.Write([]byte("+OK\r\n$1000000\r\nthe first of many"))
			for range 100 { // that it comes before the end does not depend on this
				time.Sleep(time.Millisecond)
			}
		})
		value := strings.Repeat("v", 4<<20) // more than sockets take
		l := begin(t, load.Config{Clients: 1, Threads: 1, Pipeline: 4, Patience: time.Minute, Addr: addr, Dial: dial}, &book{command: []string{"SET"}, keys: numbered(10), behind: []string{value}, again: true, most: 10})
		if s := l.well(t); s.Sent != 13 || s.Connected != 1 {
			t.Errorf("%s: %d sent, %d connections made again", name, s.Sent, s.Connected)
		}
	}
}

// What can never begin fails at once, and what may begin in a while is waited for.
func TestStart_WithoutAServer(t *testing.T) {
	t.Parallel()
	c := load.Config{Clients: 3, Threads: 1, Pipeline: 1, Kinds: 1, Patience: time.Hour, Addr: "127.0.0.1:1", Dial: dialTCP}
	if _, err := load.Start(t.Context(), c); err == nil {
		t.Error("nobody is there")
	}
	c.Route, c.Patience = point("127.0.0.1:1", true), 0
	if _, err := load.Start(t.Context(), c); err == nil {
		t.Error("nobody is there, and there is no patience")
	}
	c.Route, c.Patience = point("", true), 100*time.Millisecond
	if _, err := load.Start(t.Context(), c); err == nil {
		t.Error("nobody is known")
	}
	route := point("127.0.0.1:1", false)
	c.Route, c.Patience = route, time.Minute
	server := fake(t, func([]string) string { return "$-1" })
	time.AfterFunc(50*time.Millisecond, func() { route.to.Store(&server) })
	begin(t, c, &book{command: []string{"GET"}, keys: numbered(10), most: 4}).well(t)
}
