package resp

import (
	"net"
	"net/netip"
)

// origin is whom a connection is charged to: what somebody cannot change at no
// cost, an IPv4 address or the /64 of an IPv6 address, which is what one customer
// gets. All clients of Unix sockets have one, the zero value.
type origin = netip.Prefix

func originOf(addr net.Addr) origin {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return origin{}
	}
	ip, _ := netip.AddrFromSlice(tcp.IP)
	ip = ip.Unmap()
	prefix, _ := ip.Prefix(min(ip.BitLen(), 64)) // no address: the zero value
	return prefix
}
