package resp

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ListenUnix listens on a Unix socket at path that those may use whom mode
// lets. A socket file that a server has left behind is replaced, one that
// somebody listens on is not, and neither is any other file. Closing the
// listener removes the file.
func ListenUnix(path string, mode fs.FileMode) (net.Listener, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is there and no socket", path)
	default:
		nc, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			_ = nc.Close() // it has told what it had to
			return nil, fmt.Errorf("%s: %w", path, syscall.EADDRINUSE)
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	// Nobody may connect before the mode is set: the file is made under
	// another name, in a directory of its own.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".pt-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	private := dir + "/s"
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: private, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false)
	if err = os.Chmod(private, mode); err == nil {
		err = os.Rename(private, path)
	}
	if err != nil {
		_ = ln.Close() // the first error says more
		return nil, err
	}
	return &unixListener{ln, path}, nil
}

// unixListener removes its file when it is closed.
type unixListener struct {
	*net.UnixListener
	path string
}

// Accept implements [net.Listener]. The connections know the name that the
// socket had at first.
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

func (l *unixListener) Close() error {
	err := l.UnixListener.Close()
	if err == nil {
		err = os.Remove(l.path)
	}
	return err
}

func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }
