// Package resp is the Redis protocol and the server that speaks it: listener,
// connection state, reply writer for RESP2 and RESP3. It hands each command to
// a [Handler], as net/http does with requests, and is the only package that
// imports redcon.
//
// It knows connections and bytes. It must not know what a command means: no PT command, no tracker.
//
// # Layers
//
//	net.Listener -> guard -> redcon's loop -> Handler
//
// The guard is a listener and a connection that redcon sees in place of the
// real ones. What has to stand between a network and redcon (framing, limits,
// deadlines) has its place there. Replies do not pass through redcon: a
// handler writes into its connection's [Writer], and the guard sends that
// buffer when redcon flushes, which it does once per batch of pipelined
// commands.
//
// # Threads
//
// One goroutine per connection runs redcon's loop and the handler. A [Conn] is
// used by that goroutine only, but for the fields that say otherwise.
//
// # Shutdown
//
// [Server.Shutdown] closes the listener and wakes every connection that waits
// for input. A connection at work finishes the batch it has read, sends the
// replies and ends at its next read. Redcon closes all connections as soon as
// Accept fails, so the guard's Accept fails only when the last has ended.
package resp
