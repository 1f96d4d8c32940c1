package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// listener is an address and how its connections are served.
type listener struct {
	net.Listener
	serve func(net.Listener) error
	try   string // a command that shows the server at work
}

// listen opens all listeners, or none.
func listen(c *config, server *resp.Server, certificates *resp.Certificates) (listeners []listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range listeners {
				_ = l.Close() // the first error says more
			}
		}
	}()
	tcp := func(addr string) (net.Listener, error) {
		config := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Minute, Interval: time.Minute, Count: 3}}
		ln, err := config.Listen(context.Background(), "tcp", addr)
		if err != nil {
			return nil, listenError(addr, err)
		}
		return ln, nil
	}
	ln, err := tcp(c.addr)
	if err != nil {
		return nil, err
	}
	listeners = append(listeners, listener{ln, server.Serve, tryLine(ln.Addr(), "")})
	if certificates != nil {
		if ln, err = tcp(c.tls.addr); err != nil {
			return listeners, err
		}
		config := certificates.Config()
		listeners = append(listeners, listener{ln, func(ln net.Listener) error { return server.ServeTLS(ln, config) }, tryLine(ln.Addr(), " --tls")})
	}
	if path := c.unixSocket; path != "" {
		if ln, err = resp.ListenUnix(path, c.unixSocketMode); err != nil {
			return listeners, listenError(path, err)
		}
		listeners = append(listeners, listener{ln, server.Serve, "redis-cli -s " + path + " PT.CLAIMNEXT vec:"})
	}
	return listeners, nil
}

// tryLine is a command that shows the server at work.
func tryLine(addr net.Addr, options string) string {
	a, ok := addr.(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := ""
	if !a.IP.IsUnspecified() && !a.IP.Equal(net.IPv4(127, 0, 0, 1)) {
		host = fmt.Sprintf(" -h %s", a.IP)
	}
	return fmt.Sprintf("redis-cli%s -p %d%s PT.CLAIMNEXT vec:", host, a.Port, options)
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("cannot listen on %s: the address is in use", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}
