// Package engine executes commands: it finds the [Spec] of what a client sends,
// checks the number of its words and reads its options, queues it inside MULTI
// or calls its handler, and settles afterwards.
//
// It knows what is the same for all commands: lookup, arity, options,
// transactions, statistics, monitors, the slow log, who caches replies, error
// texts. It must not know any particular command, nor a tracker: what it has to
// know of a command is a field of its Spec.
//
// # The way of a command
//
//	Session.Serve   finds the command and checks the number of its words
//	                (find), and either queues it (enqueue) or calls it:
//	Session.call    reads the options (options.go), and between begin and
//	                finish (meter.go) runs the handler, shows the command to
//	                the monitors, and settles:
//	Session.settle  tells those who must know what has changed (settle.go);
//	                before that if replies leave while the command is at work
//
// A handler says what it has changed with [Session.Changed], when the change is
// made and before it writes its reply; nothing is guessed from flags or
// arguments. Settling comes after the change and before any of the reply leaves:
// when somebody has the reply, those who must know have been told.
//
// # Threads
//
// A [Session] is used by its connection's goroutine, but for what its comments
// say. What sessions share (monitors, readers who cache, the slow log, numbers)
// is guarded by a lock of its own that is held for memory operations alone, or
// atomic.
package engine
