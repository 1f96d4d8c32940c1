//go:build !linux

package load

import "net"

// newTransport returns what carries connections such as sample.
func newTransport(w *worker, _ net.Conn) (transport, error) { return newReaders(w) }
