//go:build !(linux || darwin || freebsd || dragonfly || netbsd || openbsd)

package resp

import "net"

const longestSocketPath = 107

// boundSocket is a Unix socket that has its file. It listens from the first here.
type boundSocket struct{ ln *net.UnixListener }

func bindUnix(path string) (boundSocket, error) {
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return boundSocket{}, err
	}
	ln.SetUnlinkOnClose(false)
	return boundSocket{ln}, nil
}

func (s boundSocket) listen() (*net.UnixListener, error) { return s.ln, nil }

func (s boundSocket) close() {}

func lockDirectory(string) (unlock func()) { return func() {} }
