package load

import (
	"net"
	"testing"
	"time"
)

// prompt is a transport with no network: each write is answered at the next wait.
type prompt struct {
	to      *worker
	reply   []byte // to a batch
	waiting []int  // connections
	turns   int
}

func (p *prompt) open(int, net.Conn) error { return nil }
func (p *prompt) close(int)                {}
func (p *prompt) wake()                    {}
func (p *prompt) end()                     {}

func (p *prompt) write(id int, b []byte) (int, error) {
	p.waiting = append(p.waiting, id)
	return len(b), nil
}

func (p *prompt) wait(time.Duration) error {
	if p.turns--; p.turns <= 0 {
		p.to.leaving.Store(true)
	}
	waiting := len(p.waiting)
	for _, id := range p.waiting[:waiting] {
		p.to.received(id, p.reply, p.to.now())
	}
	p.waiting = p.waiting[:copy(p.waiting, p.waiting[waiting:])]
	return nil
}

// ready is as fast as a script can be.
type ready struct{ text []byte }

func (r *ready) Fill(dst []byte, reqs []Request) ([]byte, int, State) {
	for i := range reqs {
		reqs[i] = Request{ID: uint64(i)}
		dst = append(dst, r.text...)
	}
	return dst, len(reqs), More
}

func (r *ready) Again(dst []byte, _ *Request) []byte { return append(dst, r.text...) }
func (r *ready) Lost(*Request) bool                  { return false }
func (r *ready) Describe(*Request) string            { return "SET" }

func (r *ready) Reply(_ *Request, reply *Reply) (Outcome, string) {
	switch {
	case reply.Kind == '-':
		return Failed, ""
	case reply.Kind == '+' && string(reply.Text) != "OK":
		return Wrong, "not OK"
	}
	return Done, ""
}

func pathWorker(pipeline int, reply string) (*worker, *prompt) {
	const clients = 50
	script := &ready{[]byte("*3\r\n$3\r\nSET\r\n$5\r\nvec:7\r\n$3\r\nabc\r\n")}
	w := &worker{config: &Config{Clients: clients, Pipeline: pipeline, Kinds: 1}, script: script, began: time.Now(), stats: newStats(1), takes: make(chan take, 1)}
	p := &prompt{to: w}
	for range pipeline {
		p.reply = append(p.reply, reply...)
	}
	w.transport, w.dialer = p, newDialer(w.config, p.wake)
	w.idle.ring = make([]*client, clients)
	for i := range clients {
		n := &conn{id: i, up: true, sent: newQueue(pipeline)}
		n.client = &client{batch: make([]Request, pipeline), conns: []*conn{n}}
		w.conns = append(w.conns, n)
		w.idle.push(n.client)
	}
	return w, p
}

// BenchmarkPath is all that a request costs but for the system calls.
func BenchmarkPath(b *testing.B) {
	for _, c := range []struct {
		name, reply string
		pipeline    int
	}{
		{"OK/1", "+OK\r\n", 1}, {"OK/16", "+OK\r\n", 16}, {"OK/128", "+OK\r\n", 128}, {"string/16", "$3\r\nabc\r\n", 16},
	} {
		b.Run(c.name, func(b *testing.B) {
			w, p := pathWorker(c.pipeline, c.reply)
			p.turns = b.N/(50*c.pipeline) + 2
			b.ReportAllocs()
			b.ResetTimer()
			if err := w.run(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// What is done for a request allocates nothing, whatever its reply.
func TestPath_AllocatesNothing(t *testing.T) {
	for _, c := range []struct {
		reply    string
		pipeline int
		rate     float64
	}{
		{"+OK\r\n", 1, 0}, {"+OK\r\n", 16, 0}, {"$3\r\nabc\r\n", 16, 0}, {":1\r\n", 1, 1e9}, {"*2\r\n$1\r\na\r\n*1\r\n:1\r\n", 4, 0},
		{"-WRONGTYPE of key\r\n", 2, 0}, {"+PONG\r\n", 2, 0},
	} {
		w, p := pathWorker(c.pipeline, c.reply)
		if c.rate > 0 {
			w.pacer = newPacer(c.rate, 0, 1)
		}
		run := func() {
			p.turns = 100
			w.leaving.Store(false)
			if err := w.run(); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if n := testing.AllocsPerRun(10, run); n != 0 {
			t.Errorf("%q at pipeline %d, rate %v: %v allocations", c.reply, c.pipeline, c.rate, n)
		}
		if w.stats.Sent < 1000 {
			t.Errorf("%q: %d sent", c.reply, w.stats.Sent)
		}
	}
}
