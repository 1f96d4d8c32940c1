package integration_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What the clients of TestSoak do: each connects, says who it is or does not, sends commands by the
// pipeline, and ends in one of several ways.

const (
	overTCP = iota
	overTLS
	overUnix
	soakTransports
)

func (s *soak) dialOver(transport int) (net.Conn, error) {
	switch transport {
	case overTLS:
		dialer := &net.Dialer{Timeout: 2 * patience}
		return tls.DialWithDialer(dialer, "tcp", s.tlsAddr, &tls.Config{RootCAs: s.authority.pool()})
	case overUnix:
		return net.DialTimeout("unix", s.socket, patience)
	}
	return net.DialTimeout("tcp", s.addr, patience)
}

const (
	byQuit = iota
	byHalf
	byWaiting
	byClosing
	byReset
	amidCommand
	readsNothing
	amidHandshake
)

var soakEndings = [...]string{"quit", "closed their side", "were sent away", "closed", "reset", "left half a command", "read nothing", "left in the handshake"}

// soakWeights is how many in a hundred or so end how.
var soakWeights = [len(soakEndings)]int{30, 12, 3, 20, 15, 10, 6, 4}

func soakEnding() int {
	at, sum := 0, 0
	for _, w := range soakWeights {
		sum += w
	}
	for n := rand.IntN(sum); n >= soakWeights[at]; at++ {
		n -= soakWeights[at]
	}
	return at
}

// visit is one connection, from its beginning to its end.
func (s *soak) visit(t *testing.T, transport int) {
	ending := soakEnding()
	dialed := transport
	if ending == amidHandshake {
		dialed = overTCP
		if transport == overTLS {
			s.leaveInHandshake()
			s.endedBy[ending].Add(1)
			return
		}
	}
	conn, err := s.dialOver(dialed)
	if err != nil { // somebody has killed it amid the handshake, or there is no port left
		s.failed.Add(1)
		time.Sleep(10 * time.Millisecond)
		return
	}
	defer conn.Close()
	s.opened.Add(1)
	v := &visit{soak: s, conn: conn, patience: 2 * patience, ended: make(chan struct{}), answered: make(chan struct{}, 1)}
	if ending == readsNothing {
		v.patience = time.Second // who does not read is not read
	} else {
		go v.readAll(t)
		defer func() { conn.Close(); <-v.ended }()
	}
	stray := rand.IntN(20) == 0
	if stray {
		s.strays.Add(1)
	}
	for range 1 + rand.IntN(20) {
		if s.over.Load() || !stray && !v.write(greeting()) || !v.write(v.pipeline()) {
			break
		}
		if !stray && ending != readsNothing {
			v.awaitAnswer()
		}
	}
	v.end(t, ending, dialed)
	s.endedBy[ending].Add(1)
}

func (s *soak) leaveInHandshake() {
	conn, err := net.Dial("tcp", s.tlsAddr)
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:1+rand.IntN(11)])
	time.Sleep(time.Duration(rand.IntN(50)) * time.Millisecond)
}

type visit struct {
	*soak
	conn     net.Conn
	patience time.Duration // for the server to take what is sent
	ended    chan struct{} // closed when there is nothing more to read
	err      error         // why
	answered chan struct{} // the marker behind a pipeline has come
}

// awaitAnswer has most clients be done with one pipeline before they send another: what is under way
// is bounded, and so is the time for it. The marker does not come where replies are off or queued.
func (v *visit) awaitAnswer() {
	if rand.IntN(8) == 0 {
		return
	}
	select {
	case <-v.answered:
	case <-v.ended:
	case <-time.After(time.Second):
	}
}

// readAll reads what comes, which must be RESP, to its end.
func (v *visit) readAll(t *testing.T) {
	defer close(v.ended)
	c := client{conn: v.conn, in: bufio.NewReader(v.conn)}
	for {
		c.raw = c.raw[:0]
		c.extendDeadline() // from reply to reply
		r, err := c.read()
		if err != nil {
			if v.err = err; strings.HasPrefix(err.Error(), "not RESP") {
				t.Errorf("%v: %v", v.conn.RemoteAddr(), err)
			}
			return
		}
		v.received.Add(1)
		switch {
		case r.kind == '-':
			v.errors.Add(1)
		case r.kind == '$' && r.text == soakMarker:
			select {
			case v.answered <- struct{}{}:
			default:
			}
		}
		if r.kind == '$' && len(r.text) == 26 { // as the token of a delete iterator has
			v.tokens[rand.IntN(len(v.tokens))].Store(&r.text)
		}
	}
}

// write sends bytes in pieces of any size, and tells whether the other side took them.
func (v *visit) write(bytes string) bool {
	v.conn.SetDeadline(time.Now().Add(v.patience))
	for len(bytes) > 0 {
		n := len(bytes)
		if rand.IntN(3) == 0 {
			n = 1 + rand.IntN(n)
		}
		if _, err := io.WriteString(v.conn, bytes[:n]); err != nil {
			return false
		}
		bytes = bytes[n:]
	}
	return true
}

// end ends the connection. Where the server has to close its side, it must.
func (v *visit) end(t *testing.T, ending, transport int) {
	switch ending {
	case byQuit:
		v.write(command("QUIT"))
		v.mustEnd(t, "QUIT")
	case byHalf:
		if half, ok := v.conn.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
		v.mustEnd(t, "the client has closed its side")
	case byWaiting: // without RESET it is not idle as long as something is pushed to it
		if !v.over.Load() {
			v.write(command("RESET"))
			v.mustEnd(t, "it is idle")
		}
	case byReset:
		conn := v.conn
		if over, ok := conn.(*tls.Conn); ok {
			conn = over.NetConn()
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
			tcp.Close()
		}
	case amidCommand:
		half := v.command()
		v.write(half[:1+rand.IntN(len(half)-1)])
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
	case readsNothing:
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
	}
}

// mustEnd wants the server to close the connection, and to go on with its commands until then. What
// holds it up is shown: the server's goroutines are in its log.
func (v *visit) mustEnd(t *testing.T, why string) {
	v.conn.SetDeadline(time.Now().Add(v.patience))
	select {
	case <-v.ended:
		if !errors.Is(v.err, os.ErrDeadlineExceeded) {
			return
		}
	case <-time.After(10 * patience):
	}
	t.Errorf("%v to %v: the server does not end it (%s)\n%s", v.conn.LocalAddr(), v.conn.RemoteAddr(), why, v.row(v.conn.LocalAddr().String()))
	v.cmd.Process.Signal(syscall.SIGQUIT)
}

// row is what CLIENT LIST says of a client.
func (s *soak) row(addr string) string {
	c, err := dial(s.addr)
	if err != nil {
		return err.Error()
	}
	defer c.close()
	c.do("AUTH", soakPassword)
	list, err := c.do("CLIENT", "LIST")
	for line := range strings.Lines(list.text) {
		if strings.Contains(line, "addr="+addr+" ") {
			return line
		}
	}
	return fmt.Sprint("not in CLIENT LIST ", err)
}
