package resp_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// dialQuietly is dial for goroutines other than the test's.
func dialQuietly(addr string) (net.Conn, *bufio.Reader, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	return nc, bufio.NewReader(nc), nc.SetDeadline(time.Now().Add(30 * time.Second))
}

// After a hundred thousand connections, which end in all the ways there are, the server has as
// many goroutines as before the first, and after Shutdown none. They come through a Unix socket
// for the most part: TCP would run out of ports. (A goroutine for each connection that outlives
// it, or one that Shutdown forgets, fails this.)
func TestServer_LeaksNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	connects := 100_000
	if testing.Short() || withRaceDetector() {
		connects = 10_000
	}
	server := resp.NewServer(handlerFunc(func(c *resp.Conn, args [][]byte) {
		switch string(args[0]) {
		case "QUIT":
			c.CloseAfterReply()
		case "MONITOR":
			c.OpenPush()
		}
		c.OK()
	}), zerolog.Nop(), resp.DefaultConfig())
	socket := filepath.Join(t.TempDir(), "s")
	unix, err := resp.ListenUnix(socket, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 2)
	go func() { served <- server.Serve(unix) }()
	go func() { served <- server.Serve(tcp) }()

	const workers = 8
	failures := make(chan error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range connects / workers {
				network, addr := "unix", socket
				if i%10 == 0 {
					network, addr = "tcp", tcp.Addr().String()
				}
				if err := comeAndGo(network, addr, w+i); err != nil {
					failures <- fmt.Errorf("connection %d: %w", i, err)
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	for err := range failures {
		t.Fatal(err)
	}
	// The last ones may not even be accepted yet.
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		f := figuresOf(server)
		if f.Clients.Connected == 0 && f.Traffic.Connections == uint64(connects) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still there, %d of %d are counted", f.Clients.Connected, f.Traffic.Connections, connects)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	for range 2 {
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	if err := goleak.Find(before); err != nil {
		t.Errorf("after %d connections: %v", connects, err)
	}
}

// comeAndGo connects and ends in one of the ways there are.
func comeAndGo(network, addr string, way int) error {
	nc, err := net.Dial(network, addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	says := []string{
		"", "PING\r\n", "PING\r\n*2\r\n$4\r\nECHO\r\n$5\r\nab", "QUIT\r\n", "*1\r\nfoo\r\n", "POST / HTTP/1.1\r\n", "MONITOR\r\nPING\r\n", "\r\n", "*0\r\n",
	}[way%9]
	if says == "" {
		return nil
	}
	if err := nc.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := nc.Write([]byte(says)); err != nil {
		return err
	}
	if tc, ok := nc.(*net.TCPConn); ok && way%4 == 0 {
		return tc.SetLinger(0) // a reset
	}
	if way%2 == 0 && says != "\r\n" && says != "*0\r\n" {
		_, err = nc.Read(make([]byte, 64))
		if err != nil && way%9 != 5 { // a POST is not answered
			return err
		}
	}
	return nil
}

// withRaceDetector tells whether this is a test under the race detector, which is slow.
func withRaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
