package resp

import (
	"errors"
	"io"
	"net"
	"time"
)

// guardListener is the listener that redcon sees. It registers each
// connection, backs off when Accept fails, and fails itself only after the
// last connection has ended (see the package's "Shutdown").
type guardListener struct {
	net.Listener
	server *Server
}

const (
	firstBackoff = 5 * time.Millisecond
	lastBackoff  = time.Second
)

func (l *guardListener) Accept() (net.Conn, error) {
	backoff := firstBackoff
	for {
		nc, err := l.Listener.Accept()
		switch {
		case err == nil:
			if g := l.server.register(nc); g != nil {
				return g, nil
			}
		case errors.Is(err, net.ErrClosed):
			<-l.server.over
			return nil, net.ErrClosed
		default:
			l.server.log.Warn().Err(err).Dur("retry_in", backoff).Msg("accept failed")
			select {
			case <-time.After(backoff):
			case <-l.server.draining:
			}
			backoff = min(2*backoff, lastBackoff)
		}
	}
}

// guardConn is the connection that redcon sees.
type guardConn struct {
	net.Conn
	client *Conn
}

// Read gets input for redcon, which asks only when it has executed and flushed
// everything before. A server that drains has no more input.
func (g *guardConn) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	g.client.Server.traffic.in.Add(uint64(n))
	if err != nil && g.client.Server.isDraining() {
		return n, io.EOF
	}
	return n, err
}

// Close ends the connection, for redcon. A server that drains makes sure first
// that the replies have reached the client.
func (g *guardConn) Close() error {
	if g.client.Server.isDraining() {
		linger(g.Conn)
	}
	return g.Conn.Close()
}

// Write is redcon's flush. p is empty but for redcon's own protocol errors,
// which come after the replies.
func (g *guardConn) Write(p []byte) (int, error) {
	g.client.Server.endBatch(g.client)
	g.client.buf = append(g.client.buf, p...)
	if err := g.client.Flush(); err != nil {
		return 0, err
	}
	return len(p), nil
}
