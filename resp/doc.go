// Package resp is the Redis protocol and the server that speaks it: listeners,
// framing, limits, connection state, passwords, TLS, and the reply writer for
// RESP2 and RESP3. It hands each client to a [Handler], whose [Session] answers
// its commands, and is the only package that imports redcon.
//
// It knows connections and bytes. It must not know what a command means: no PT command, no tracker.
//
// # Layers
//
//	listener -> admission -> event loop (plain TCP on Linux)    -> Framer -> Session -> outbox
//	                      \> redcon (TLS, Unix sockets, others) /
//
// Admission lets a client in or turns it away (admission.go). Then one of two
// carries the connection: an event loop (loop_linux.go, loopconn_linux.go), one
// goroutine for many connections; or redcon, a goroutine for each (guard.go).
// Both end in serveInput (batch.go), where the [Framer], the one parser of
// client bytes, cuts the input into commands, and each is executed before the
// next is looked at.
//
// To answer is not to send. Replies collect in the connection's [Writer] and
// wait in an outbox (outbox.go), which a loop has for all connections of a turn,
// a goroutine for its batch. It releases them together when the turn is over,
// in the order in which they were written, and sooner when 64 KiB of one are
// there, when the turn is long, and when a connection ends or leaves its loop.
// Its release is the one place where replies become known. What a command has
// changed is settled before: at the end of its batch, or when the first piece of
// a long reply is to leave.
//
// # The log
//
// Where a server keeps its data (keep.go), an outbox has a batch of notes: what the
// commands have changed that its replies answer. Release commits it first, one
// append and one write for all, and then the replies wait until the gate of that is
// open: mostly it is. If not, a goroutine waits, and a loop puts the replies into
// the backlog of their connection, which it does not read from meanwhile
// (gate_linux.go), and goes on with others. What a client does next stays in order:
// it ends, leaves its loop or gets more replies behind that gate. Nobody waits for
// longer than 5 s for a log that cannot be written: then the connection ends, and its
// client does not know.
//
// Redcon never gets a byte of a client's. For each piece of input it gets a
// bell, one command that is always the same, and its handler then serves the
// input (docs/adr/0004).
//
// # Threads
//
// A [Conn] is used by one goroutine at a time, but for the fields and methods
// that say otherwise. On an event loop that is the loop's, which must not wait:
// a handler that would calls [Conn.LeaveLoop], and the connection goes on with
// a goroutine of its own, for good. So does one whose client leaves more than
// half a megabyte of replies unread (place.go). What others send to a client
// (MONITOR, invalidations) is written by a goroutine of that connection's
// (push.go); it holds a lock while it writes, and the connection holds the same
// lock during a batch, so that nothing comes amid a reply.
//
// # What is held
//
// An idle connection holds no buffer: input is parsed where it was read, the
// framer keeps a copy only of a command that is not whole yet, and replies that
// the client does not take make its commands wait. All copies count against
// [Config.QueryMemory].
//
// # Patience
//
// How long a client may stay as it is (silent, not authenticated, with half a
// command, with unread replies, about to end) is one function of its state and
// the clock (patience.go). A loop asks it once a second for all connections, a
// goroutine before it waits.
//
// # Shutdown
//
// [Server.Shutdown] closes the listeners and wakes every connection that waits
// for input. A connection at work finishes the batch it has read and sends the
// replies; each ends when the client has got them. Redcon closes all its
// connections as soon as Accept fails, so the guard's Accept fails only when
// the last has ended.
package resp
