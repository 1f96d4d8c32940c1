package resp

import (
	"net"
	"time"
)

// lingerPoll is how often a lingering connection looks whether it may end.
const lingerPoll = 10 * time.Millisecond

// linger says "no more from here" and waits until the client has everything
// that was sent, or has gone. Meanwhile it discards what the client sends: a
// connection closed with unread input is reset, and a reset throws away what
// the client has not got yet. Whoever closes the connection ends the wait.
func linger(nc net.Conn) {
	tc, ok := nc.(*net.TCPConn)
	if !ok || tc.CloseWrite() != nil {
		return
	}
	discard := make([]byte, 4096)
	for unsent(tc) > 0 {
		if tc.SetReadDeadline(time.Now().Add(lingerPoll)) != nil {
			return
		}
		if _, err := tc.Read(discard); err != nil {
			if ne, ok := err.(net.Error); !ok || !ne.Timeout() {
				return
			}
		}
	}
}
