package resp

import (
	"math/rand/v2"
	"net"
	"testing"
)

func TestOriginOf(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: rand.IntN(1 << 16)} }
	for _, same := range [][2]net.Addr{
		{tcp("192.0.2.1"), tcp("192.0.2.1")},
		{tcp("192.0.2.1"), tcp("::ffff:192.0.2.1")},
		{tcp("2001:db8:1:2::1"), tcp("2001:db8:1:2:ffff::9")},
		{tcp("fe80::1"), &net.TCPAddr{IP: net.ParseIP("fe80::2"), Zone: "eth0"}},
		{&net.UnixAddr{Name: "@", Net: "unix"}, &net.UnixAddr{Net: "unix"}},
	} {
		if a, b := originOf(same[0]), originOf(same[1]); a != b {
			t.Errorf("%v and %v are %v and %v", same[0], same[1], a, b)
		}
	}
	all := map[origin]net.Addr{}
	for _, addr := range []net.Addr{
		tcp("192.0.2.1"), tcp("192.0.2.2"), tcp("2001:db8:1:2::1"), tcp("2001:db8:1:3::1"), tcp("::1"), &net.UnixAddr{Name: "@", Net: "unix"},
	} {
		from := originOf(addr)
		if other, ok := all[from]; ok {
			t.Errorf("%v and %v are both %v", addr, other, from)
		}
		all[from] = addr
	}
}
