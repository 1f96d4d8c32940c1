//go:build !linux

package resp

// ending is unknown here.
func (*guardConn) ending() (half, whole bool) { return false, false }
