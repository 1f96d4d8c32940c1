package store

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// cutting is a server that lets everybody in and ends the connection when it is asked what it is.
func cutting(t *testing.T) (addr string) {
	t.Helper()
	return redistest.Accept(t, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			line, err := r.ReadString('\n')
			switch word := strings.TrimSpace(line); {
			case err != nil || word == "INFO":
				return
			case word == "HELLO":
				io.WriteString(conn, "*0\r\n")
			case word == "CLIENT" || word == "SELECT":
				io.WriteString(conn, "+OK\r\n")
			}
		}
	})
}

// A server whose connections break has told nothing: it is not taken for one that says that it is no primary, and is asked
// again.
func TestAsk_ConnectionsThatBreak(t *testing.T) {
	t.Parallel()
	s := open(t, "redis://"+cutting(t)).(*servers)
	n, err := s.ask(t.Context(), s.addrs[0])
	if err == nil || !passes(err) {
		t.Errorf("%+v, %v", n, err)
	}
}
