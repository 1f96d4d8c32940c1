package resp

import "time"

// Config is how a Server treats its clients. The zero value of a limit or a
// timeout is none.
type Config struct {
	// Limits of a command, once the client may use the server.
	Limits Limits
	// QueryMemory is the bytes that commands under way may hold, those of all
	// clients together; and once more as much what waits to be pushed to them
	// beyond 8 MiB each.
	QueryMemory int64
	// MaxClients is how many may be connected at once, MaxPerAddress how many
	// from one address, of IPv6 one /64.
	MaxClients, MaxPerAddress int
	// Idle is how long nothing may come from a client or go to it, whatever else
	// it is: half a command, or one that has not authenticated.
	Idle time.Duration
	// Command is how long a command may take to arrive, after its first byte;
	// one of more than 64 KiB gets a second more for each. It is how long a
	// client may take to authenticate, too.
	Command time.Duration
	// Handshake is how long a TLS handshake may take.
	Handshake time.Duration
	// Write is how long a client may take nothing of the replies that wait for
	// it, as far as the kernel tells; at least, and twice as long at most.
	Write time.Duration
	// Loops is the number of event loops that serve plain TCP; without any, and
	// for all else, redcon does, with a goroutine for each connection.
	Loops int
	// Protected refuses clients that are not local (see [Conn.IsLocal]) while there
	// is no password.
	Protected bool
	// Password that clients must give, "" for none. [Server.SetPassword]
	// changes it.
	Password string

	workPatience time.Duration // see longWork
}

// LoopDescriptors is how many file descriptors an event loop needs for itself.
const LoopDescriptors = 2

// DefaultConfig returns the configuration that is right for most, without a
// password.
func DefaultConfig() Config {
	return Config{
		Limits:      DefaultLimits(),
		QueryMemory: 256 << 20,
		MaxClients:  10_000,
		Command:     30 * time.Second,
		Handshake:   10 * time.Second,
		Write:       30 * time.Second,
		Loops:       DefaultLoops(),
		Protected:   true,

		workPatience: 20 * time.Millisecond,
	}
}
