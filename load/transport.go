package load

import (
	"net"
	"time"
)

// readSize is how much one read takes at most.
const readSize = 64 << 10

// transport carries the connections of one worker, each under a number. Only the worker calls it, but for wake. What
// happens it tells the worker from within wait, by received, writable and broken, and nowhere else.
type transport interface {
	// open takes over a connection.
	open(id int, c net.Conn) error
	// close ends one. Nothing more is told of it, and its number is free.
	close(id int)
	// write sends of p what can be sent without waiting. When that is less than p, writable tells when there is room.
	write(id int, p []byte) (n int, err error)
	// wait tells what has happened. When nothing has, it waits for it, but not longer than limit.
	wait(limit time.Duration) error
	// wake ends the wait that is going on, or the next. Anybody may call it until end is called.
	wake()
	// end closes what is open.
	end()
}
