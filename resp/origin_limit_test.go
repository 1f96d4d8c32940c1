package resp_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// The limit of an address counts as guesses of passwords are counted: an IPv4 address however it is
// written, the /64 of an IPv6 address, which is what one customer gets. (It counted single addresses:
// who had a /64 had 2^64 times as many clients.)
func TestMaxPerAddress_CountsWhatOneCustomerGets(t *testing.T) {
	t.Parallel()
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 40_000} }
	config := resp.DefaultConfig()
	config.Protected, config.MaxPerAddress = false, 2
	server := resp.NewServer(handlerFunc(func(c *resp.Conn, _ [][]byte) { c.SimpleString("PONG") }), zerolog.Nop(), config)
	ln := &pipes{make(chan net.Conn), make(chan struct{})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	const full = "-ERR max number of clients of your address reached\r\n"
	for _, of := range [][3]net.Addr{
		{tcp("192.0.2.1"), tcp("::ffff:192.0.2.1"), tcp("192.0.2.1")},
		{tcp("192.0.2.2"), tcp("192.0.2.2"), tcp("192.0.2.2")}, // another customer
		{tcp("2001:db8:1:2::1"), tcp("2001:db8:1:2::2"), tcp("2001:db8:1:2:ffff:ffff:ffff:ffff")},
		{tcp("2001:db8:1:3::1"), tcp("2001:db8:1:3::1"), tcp("2001:db8:1:3:8000::")},
		{&net.UnixAddr{Net: "unix"}, &net.UnixAddr{Name: "@", Net: "unix"}, &net.UnixAddr{Net: "unix"}},
	} {
		first, reply := ln.enter(t, of[0])
		if _, second := ln.enter(t, of[1]); reply != "+PONG\r\n" || second != reply {
			t.Errorf("two from %v and %v are told %q and %q", of[0], of[1], reply, second)
		}
		if got := ln.firstReply(t, of[2]); got != full {
			t.Errorf("the third, from %v, is told %q", of[2], got)
		}
		// Who ends makes room.
		_ = first.Close()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			if got := ln.firstReply(t, of[2]); got == "+PONG\r\n" {
				break
			} else if got != full || time.Now().After(deadline) {
				t.Fatalf("after the end of one, from %v, is told %q", of[2], got)
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
