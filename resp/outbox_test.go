package resp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// sendings is what was sent to whom, in order.
type sendings []string

// recorder is the link of a connection that takes everything.
type recorder struct {
	discardLink
	name string
	all  *sendings
	got  *bytes.Buffer
}

func (r recorder) send(p []byte, _ journal.Gate) error {
	if r.all != nil {
		*r.all = append(*r.all, fmt.Sprintf("%s %.20s", r.name, p))
	}
	r.got.Write(p)
	return nil
}

// recorded returns a connection on a loop whose replies go through box.
func recorded(box *outbox, name string, all *sendings) (c *Conn, got *bytes.Buffer) {
	got = new(bytes.Buffer)
	c = &Conn{place: onLoop}
	c.out = outlet{c}
	c.carryOn(recorder{name: name, all: all, got: got})
	return c, got
}

// answer has c write a reply as a batch of its own.
func (o *outbox) answer(c *Conn, reply string) {
	o.makeRoom()
	o.lend(c)
	c.SimpleString(reply)
	o.hold(c)
}

// Replies wait until they are released, and leave in the order in which they were written, what is
// sent before its time behind what waits.
func TestOutbox_HoldsAndKeepsTheOrder(t *testing.T) {
	var sent sendings
	box := outbox{arena: make([]byte, 0, arenaSize)}
	a, _ := recorded(&box, "a", &sent)
	b, _ := recorded(&box, "b", &sent)
	gone, _ := recorded(&box, "gone", &sent)
	expect := func(when string, want ...string) {
		t.Helper()
		if !slices.Equal(sent, want) {
			t.Errorf("%s: %q, want %q", when, sent, want)
		}
		sent = nil
	}
	box.answer(a, "1")
	box.answer(b, "2")
	box.answer(a, "3")
	expect("before the release")
	box.release()
	expect("released", "a +1\r\n", "b +2\r\n", "a +3\r\n")
	if box.parts[:1][0].to != nil {
		t.Error("a connection is kept in memory")
	}
	box.release()
	expect("released again")

	box.answer(a, "4")
	box.answer(gone, "lost")
	gone.killed.Store(true)
	box.lend(b)
	b.SimpleString("5")
	b.BulkString(strings.Repeat("x", flushSize))
	expect("a reply has outgrown the buffer", "a +4\r\n", "b +5\r\n$65536\r\nxxxxxxxx")
	b.SimpleString("6")
	box.hold(b)
	box.answer(a, "7")
	expect("the rest of it waits")
	box.release()
	expect("and leaves", "b +6\r\n", "a +7\r\n")

	box.answer(a, "8")
	box.lend(b)
	b.SimpleString("9")
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	expect("a batch is flushed", "a +8\r\n", "b +9\r\n")
	box.lend(a)
	a.Mute(true)
	a.OK()
	box.hold(a)
	box.release()
	expect("nobody wants a reply")
}

// Whatever the replies are, in whatever arena: each client gets its own bytes, all of them.
func TestOutbox_EachGetsItsOwn(t *testing.T) {
	for _, size := range []int{0, 100, arenaSize} {
		box := outbox{arena: make([]byte, 0, size)}
		const clients = 5
		var conns [clients]*Conn
		var got, want [clients]*bytes.Buffer
		for i := range conns {
			conns[i], got[i] = recorded(&box, "", nil)
			want[i] = new(bytes.Buffer)
		}
		random := rand.New(rand.NewPCG(1, uint64(size)))
		for range 2000 {
			i := random.IntN(clients)
			box.makeRoom()
			box.lend(conns[i])
			for range random.IntN(4) {
				n := random.IntN(200)
				switch random.IntN(100) {
				case 0:
					n = random.IntN(300_000)
				case 1, 2, 3:
					n = random.IntN(20_000)
				}
				reply := strings.Repeat(string(rune('a'+i)), n)
				conns[i].BulkString(reply)
				fmt.Fprintf(want[i], "$%d\r\n%s\r\n", n, reply)
			}
			box.hold(conns[i])
			if random.IntN(20) == 0 {
				box.release()
			}
		}
		box.release()
		for i := range conns {
			if !bytes.Equal(got[i].Bytes(), want[i].Bytes()) {
				t.Errorf("arena of %d: client %d has other bytes than its own", size, i)
			}
		}
		if n := cap(box.arena); n < size || n > arenaSize || n == 0 {
			t.Errorf("an arena of %d has become one of %d", size, n)
		}
	}
}

// Much input or many replies do not wait for the end of the turn.
func TestOutbox_BoundsATurn(t *testing.T) {
	var sent sendings
	box := outbox{arena: make([]byte, 0, arenaSize)}
	a, _ := recorded(&box, "a", &sent)
	a.batch.bytes = turnInput / 4
	for range 4 {
		box.answer(a, "short")
	}
	if len(sent) != 0 {
		t.Errorf("%d replies left too early", len(sent))
	}
	if box.answer(a, "one more"); len(sent) != 4 {
		t.Errorf("%d replies have left", len(sent))
	}
	box.release()
	sent = nil
	box.answer(a, "of the next turn")
	if box.answer(a, "and again"); len(sent) != 0 {
		t.Error("a turn's input counts in the next")
	}
	box.release()
	sent, a.batch.bytes = nil, 0
	for range 2 * arenaSize / 20_000 {
		box.answer(a, strings.Repeat("x", 20_000))
	}
	if len(sent) == 0 {
		t.Error("twice as much as the arena holds waits for the end of the turn")
	}
}

// A turn allocates nothing.
func TestOutbox_DoesNotAllocate(t *testing.T) {
	box := outbox{arena: make([]byte, 0, arenaSize)}
	var conns [50]*Conn
	for i := range conns {
		conns[i], _ = recorded(&box, "", nil)
		conns[i].carryOn(discardLink{})
	}
	turn := func() {
		for _, c := range conns {
			box.makeRoom()
			box.lend(c)
			for range 16 {
				c.Int(12345)
			}
			box.hold(c)
		}
		box.release()
	}
	if n := testing.AllocsPerRun(100, turn); n != 0 {
		t.Errorf("a turn takes %v allocations", n)
	}
}

// What was pushed and goes out before a reply is no longer held, however much it was.
func TestOutbox_PushedMessagesAreGivenBack(t *testing.T) {
	var box outbox
	c, got := recorded(&box, "", nil)
	c.Server = NewServer(nil, zerolog.Nop(), DefaultConfig())
	c.memory.init(c.Server.queries, nil)
	c.OpenPush()
	m := NewMessage(2)
	m.SimpleString(strings.Repeat("x", 5<<20))
	for range 2 {
		c.Push(m)
	}
	if n := c.Server.queries.Used(); n < 10<<20 {
		t.Fatalf("%d bytes are counted", n)
	}
	box.lend(c)
	c.SendPushed()
	c.OK()
	box.hold(c)
	box.release()
	if n := c.Server.queries.Used(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
	if want := 2*len(m.buf) + len("+OK\r\n"); got.Len() != want || !bytes.HasSuffix(got.Bytes(), []byte("x\r\n+OK\r\n")) {
		t.Errorf("%d bytes come, want %d", got.Len(), want)
	}
	c.push.unlock()
	c.push.close()
	if n := c.Server.queries.Used(); n != 0 {
		t.Errorf("at the end %d bytes are counted", n)
	}
}

// pushing is a client that is told of each of its own commands.
type pushing struct {
	okSession
	m *Message
}

func (s pushing) Serve([][]byte) {
	s.c.OpenPush()
	s.c.OK()
	s.c.Push(s.m)
}

// What a client is sent for its own commands goes out with their replies: it does not pile up until a
// goroutine has its turn, which on a busy machine would end a client that reads everything.
func TestOutbox_OwnMessagesGoWithTheBatch(t *testing.T) {
	var box outbox
	var sent sendings
	c, got := recorded(&box, "", &sent)
	c.place = offLoop
	c.Server = NewServer(nil, zerolog.Nop(), DefaultConfig())
	c.in.Init(DefaultLimits(), nil)
	s := pushing{okSession{c}, NewMessage(2)}
	s.m.SimpleString("changed")
	c.session = s
	for range 100 {
		box.lend(c)
		if v, _ := c.Server.serveInput(c, []byte("NEXT\r\nNEXT\r\n"), 0); v != goesOn {
			t.Fatal(c.err)
		}
	}
	c.push.close()
	if want := strings.Repeat("+OK\r\n+OK\r\n+changed\r\n+changed\r\n", 100); got.String() != want || len(sent) != 100 {
		t.Errorf("in %d parts: %.200q", len(sent), got)
	}
}
