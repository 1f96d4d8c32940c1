package resp

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// leave hands the connection over to a goroutine of its own, for good, in the
// middle of a batch that goes on with the command rest. All its replies have
// left the outbox.
func (lc *loopConn) leave(rest [][]byte) {
	l, s, c := lc.loop, lc.loop.server, lc.client
	// The connection lives on, so closing the descriptor would not end the
	// events of this one.
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, lc.number, nil); err != nil {
		s.log.Warn().Err(err).Msg("connection lost")
		c.push.stop()
		c.push.unlock()
		lc.close()
		return
	}
	lc.mu.Lock()
	lc.closed = true // the number is the file's from here on
	file := os.NewFile(uintptr(lc.number), "")
	nc, err := net.FileConn(file) // has a descriptor of its own
	if err == nil {
		_ = file.Close() // nc has the connection
	} else { // there is no descriptor to be had, and this one does as well
		nc = fileConn{file, c.local, c.remote}
	}
	lc.mu.Unlock()
	lc.shut(false)
	l.forget(lc)
	c.place, c.outbox = offLoop, nil // that is the loop's, which goes on with it
	g := newGuardConn(c, nc, nil)
	g.socket.uptake = lc.uptake
	c.carryOn(g)
	if c.killed.Load() { // perhaps between the two
		g.kill()
	}
	go g.run(lc.backlog, rest, l.outbox.gate.And(lc.gate)) // by now all that it has changed was released
}

// fileConn is a socket as a file.
type fileConn struct {
	*os.File
	local, remote net.Addr
}

func (f fileConn) LocalAddr() net.Addr  { return f.local }
func (f fileConn) RemoteAddr() net.Addr { return f.remote }
