package resp

import (
	"net"
	"time"
)

// lingerPoll is how often a lingering connection looks whether it may end.
const lingerPoll = 10 * time.Millisecond

// linger says "no more from here" and waits until the client has everything
// that was sent, or has gone, or until the time has come, by the server's clock.
// Meanwhile it discards what the client sends: a connection closed with unread
// input is reset, and a reset throws away what the client has not got yet.
// Whoever closes the connection ends the wait.
func linger(g *guardConn, until time.Duration) {
	tc, ok := g.socket.Conn.(*net.TCPConn)
	if !ok {
		return
	}
	if half, ok := g.Conn.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
		return
	}
	var discard [4096]byte
	for unsent(tc) > 0 && g.client.Server.now() < until {
		if tc.SetReadDeadline(time.Now().Add(lingerPoll)) != nil {
			return
		}
		if _, err := tc.Read(discard[:]); err != nil {
			if ne, ok := err.(net.Error); !ok || !ne.Timeout() {
				return
			}
		}
	}
}
