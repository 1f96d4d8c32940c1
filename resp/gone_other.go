//go:build !linux

package resp

// hasEnded is unknown here.
func (*guardConn) hasEnded() bool { return false }
