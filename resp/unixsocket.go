package resp

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ListenUnix listens on a Unix socket at path that those may use whom mode
// lets. A socket file that a server has left behind is replaced, one that
// somebody listens on is not, and neither is any other file. Closing the
// listener removes the file, unless it is somebody else's by then. The path may
// be as long as the system allows: 107 bytes on Linux.
func ListenUnix(path string, mode fs.FileMode) (net.Listener, error) {
	if strings.HasPrefix(path, "@") {
		path = "./" + path // no name of an abstract socket, which has no mode
	}
	if len(path) > longestSocketPath {
		return nil, fmt.Errorf("the path of a Unix socket has %d bytes at most, this one has %d", longestSocketPath, len(path))
	}
	// Of servers that begin at the same moment, one after the other looks at what
	// is there: a socket that is bound and does not listen yet is nobody's to them.
	unlock := lockDirectory(filepath.Dir(path))
	defer unlock()
	if err := makeWay(path); err != nil {
		return nil, err
	}
	// Nobody can connect before the mode is set, and that is before it listens.
	s, err := bindUnix(path)
	if err != nil {
		return nil, err
	}
	defer s.close()
	file, err := os.Lstat(path)
	if err == nil {
		err = os.Chmod(path, mode)
	}
	if err == nil {
		var ln *net.UnixListener
		if ln, err = s.listen(); err == nil {
			return &unixListener{UnixListener: ln, path: path, file: file}, nil
		}
	}
	_ = os.Remove(path) // the first error says more
	return nil, err
}

// makeWay removes the socket file that a server has left behind at path, and
// nothing else.
func makeWay(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s is there and no socket", path)
	}
	nc, err := net.DialTimeout("unix", path, time.Second)
	switch {
	case err == nil:
		_ = nc.Close() // it has told what it had to
		return fmt.Errorf("%s: %w", path, syscall.EADDRINUSE)
	case !errors.Is(err, syscall.ECONNREFUSED):
		return err
	default:
		return os.Remove(path)
	}
}

// unixListener removes its file when it is closed.
type unixListener struct {
	*net.UnixListener
	path   string
	file   fs.FileInfo
	remove sync.Once
}

// owns tells whether the file at the path is the listener's. It is right while
// the listener is open: until then no other file gets its number.
func (l *unixListener) owns() bool {
	there, err := os.Lstat(l.path)
	return err == nil && os.SameFile(there, l.file)
}

// Accept implements [net.Listener]. The connections know the name that the
// socket was asked for by.
func (l *unixListener) Accept() (net.Conn, error) {
	c, err := l.AcceptUnix()
	if err != nil {
		return nil, err
	}
	return unixConn{c, l.Addr()}, nil
}

type unixConn struct {
	*net.UnixConn
	local net.Addr
}

func (c unixConn) LocalAddr() net.Addr { return c.local }

// Close removes the file first. A successor that finds it knows that somebody
// listens, and one that does not makes its own, which must stay.
func (l *unixListener) Close() (err error) {
	l.remove.Do(func() {
		if l.owns() {
			err = os.Remove(l.path)
		}
	})
	return errors.Join(l.UnixListener.Close(), err)
}

func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }
