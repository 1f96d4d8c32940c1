package integration_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// relay is a way to a server that can be cut, and mended.
type relay struct {
	t        *testing.T
	addr, to string
	mu       sync.Mutex
	listener net.Listener // nil: cut
	open     []net.Conn
}

func startRelay(t *testing.T, to string) *relay {
	t.Helper()
	r := &relay{t: t, addr: "127.0.0.1:0", to: to}
	r.mend()
	t.Cleanup(r.cut)
	return r
}

// mend lets connections through, at the address of before.
func (r *relay) mend() {
	r.t.Helper()
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.listener, r.addr = l, l.Addr().String()
	r.mu.Unlock()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", r.to)
			if err != nil {
				in.Close()
				continue
			}
			r.mu.Lock()
			r.open = append(r.open, in, out)
			isCut := r.listener != l
			r.mu.Unlock()
			if isCut {
				in.Close()
				out.Close()
			}
			go pass(in, out)
			go pass(out, in)
		}
	}()
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

// cut ends all that is under way, and lets nobody through.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != nil {
		r.listener.Close()
	}
	for _, c := range r.open {
		c.Close()
	}
	r.listener, r.open = nil, nil
}
