package resp

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"
)

// held is what a connection should hold, said a second time.
type held struct {
	holding
	used   int64
	origin int // -1: no stranger
}

// Any changes in any order keep the books: what all hold together is the sum of what each holds, what the
// strangers of an origin hold together that of theirs; a connection gets memory exactly when the rules say
// so; and what is refused is charged to nobody.
func TestHolding_TheBooksAreRight(t *testing.T) {
	const strangersLimit = 40 << 10
	for _, limit := range []int64{0, 100 << 10, 300 << 10, 4 << 20} {
		for seed := range uint64(200) {
			rnd := rand.New(rand.NewPCG(seed, uint64(limit)))
			all := NewQueryMemory(limit)
			strangers := []*QueryMemory{NewQueryMemory(strangersLimit), NewQueryMemory(strangersLimit)}
			conns := make([]*held, 6)
			for i := range conns {
				conns[i] = &held{origin: i%3 - 1}
				var others *QueryMemory
				if o := conns[i].origin; o >= 0 {
					others = strangers[o]
				}
				conns[i].init(all, others)
			}
			sum := func() (total int64, of [2]int64) {
				for _, c := range conns {
					if total += c.used; c.origin >= 0 {
						of[c.origin] += c.used
					}
				}
				return total, of
			}
			gets := func(c *held, n int64, use Use) bool {
				total, of := sum()
				most := max(limit/2, min(limit, 64<<10)) // of one
				will, sumWill := c.used+n, total+n
				eighths := map[Use]int64{Watched: 3, pushed: 4, Collected: 5, asked: 6}[use]
				if use == asked && will <= 64<<10 {
					eighths = 8
				}
				switch {
				case (use == Watched || use == Collected) && limit > 0 && will > most/4*3:
					return false
				case will <= 8<<10:
					return true
				case limit > 0 && will > most, c.origin >= 0 && of[c.origin]+n > strangersLimit:
					return false
				}
				return limit == 0 || sumWill <= limit-limit/8*(8-eighths)
			}
			for step := range 300 {
				c := conns[rnd.IntN(len(conns))]
				n := 1 + rnd.IntN(12<<rnd.IntN(14))
				switch what := rnd.IntN(8); what {
				case 0, 1, 2:
					use := []Use{asked, pushed, Watched, Collected}[what+rnd.IntN(2)*(what/2)]
					want, got := gets(c, int64(n), use), false
					switch use {
					case asked:
						got = c.take(n)
					case pushed:
						got = c.takeFor(pushed, n)
					default:
						got = c.keep(use, n)
					}
					if got != want {
						t.Fatalf("limit %d, seed %d, step %d: asked (%d) for %d beside %d it gets it: %v, want %v", limit, seed, step, use, n, c.used, got, want)
					}
					if got {
						c.used += int64(n)
					}
				case 3:
					if n = min(n, 4096); rnd.IntN(4) == 0 {
						c.count(n)
						c.used += int64(n)
					}
				case 4, 5:
					n = int(min(int64(n)*4, c.used))
					c.give(n)
					c.used -= int64(n)
				case 6:
					if c.origin = rnd.IntN(3) - 1; c.origin < 0 {
						c.join(nil)
					} else {
						c.join(strangers[c.origin])
					}
				case 7:
					if rnd.IntN(4) == 0 {
						c.end()
						c.end() // there is nothing left to give
						c.used = 0
					}
				}
				total, of := sum()
				if all.Used() != total || strangers[0].Used() != of[0] || strangers[1].Used() != of[1] {
					t.Fatalf("limit %d, seed %d, step %d: all hold %d, strangers %d and %d; want %d, %d", limit, seed, step, all.Used(), strangers[0].Used(), strangers[1].Used(), total, of)
				}
			}
			for _, c := range conns {
				c.end()
			}
			if all.Used() != 0 || strangers[0].Used() != 0 || strangers[1].Used() != 0 {
				t.Fatalf("limit %d, seed %d: at the end %d, %d and %d are held", limit, seed, all.Used(), strangers[0].Used(), strangers[1].Used())
			}
		}
	}
}

// The strangers of an origin share a part of the query memory and have smaller commands; one that is let in
// is none of them; one that must give its password again is, from that moment on, with all that it holds.
func TestStrangers_ShareAPart(t *testing.T) {
	for name, loops := range map[string]int{"loops": DefaultLoops(), "redcon": 0} {
		t.Run(name, func(t *testing.T) {
			config := DefaultConfig()
			config.Loops, config.Password, config.QueryMemory = loops, "right", 1<<20
			s, addr := gate(t, config)
			open := func() func(line, want string) {
				nc, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = nc.Close() })
				if err := nc.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				r := bufio.NewReader(nc)
				return func(line, want string) {
					t.Helper()
					if _, err := io.WriteString(nc, line); err != nil {
						t.Fatal(err)
					}
					if got, err := r.ReadString('\n'); !strings.HasPrefix(got, want) {
						t.Fatalf("%.20q is answered %q, %v; want %q", line, got, err, want)
					}
				}
			}
			first, second := open(), open()
			first("AUTH wrong\r\n", "-wrong password")
			second("AUTH wrong\r\n", "-wrong password")
			conns := s.Conns()
			strangers := func() *QueryMemory {
				s.mu.Lock()
				defer s.mu.Unlock()
				return s.mu.strangers[conns[0].from]
			}
			shares := func(i int) bool {
				m := &conns[i].memory
				m.mu.Lock()
				defer m.mu.Unlock()
				return m.others != nil && m.others == strangers()
			}
			if !shares(0) || !shares(1) || strangers().limit != 1<<20/strangersShare {
				t.Fatalf("two strangers share %+v", strangers())
			}
			long := "*2\r\n$4\r\nAUTH\r\n$100000\r\n" + strings.Repeat("x", 100_000) + "\r\n"
			first("AUTH right\r\n", "+OK")
			if shares(0) || !shares(1) {
				t.Error("who is let in is a stranger still, or the other is none")
			}
			first(long, "-wrong password")
			if conns[0].Take(5000); strangers().Used() != 0 {
				t.Errorf("strangers hold %d", strangers().Used())
			}
			first("OUT -\r\n", "+OUT")
			if !shares(0) || strangers().Used() != 5000 {
				t.Errorf("who must give the password again is a stranger: %v, and they hold %d", shares(0), strangers().Used())
			}
			first(long, "-ERR Protocol error: unauthenticated")
			deadline := time.Now().Add(20 * time.Second)
			for len(s.Conns()) > 1 && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			if strangers() == nil || strangers().Used() != 0 {
				t.Errorf("of who has gone %+v is left", strangers())
			}
			conns[1].Kill()
			for deadline := time.Now().Add(20 * time.Second); strangers() != nil && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if strangers() != nil {
				t.Error("an address of which nobody is left is remembered")
			}
		})
	}
}
