// Package tracker knows which IDs exist under each key prefix: a [Tracker] is
// a prefix with its bound, its key format and its rules for claiming, taking
// and iterating; a [Registry] finds the tracker of a prefix; a [Caller] is one
// client of a registry.
//
// It knows IDs and prefixes. It must not know how a request arrives: no RESP,
// no sockets, no commands. It imports bitmap and nothing else of this module.
//
// # Two ways in
//
// A program that has prefixes of its own uses trackers: [New] or
// [Registry.GetOrCreate], the methods of [Tracker], and the iterators that
// [Tracker.Iter] builds.
//
// A program that serves others has a [Caller] for each of them and asks for the
// [Handle] of a prefix with [Caller.At]. A Handle works with a prefix that is
// not there, keeps to the memory budget, and tells a [Recorder] what it changed;
// what is to be read of its tracker it gives as a [Reader], which changes
// nothing. Both ways lead to the same code.
//
// # Guarantees
//
// Everything is safe for concurrent use, but for what says it is for one
// goroutine: Caller, Handle, Sampler, Snapshot and the iterators. An ID is
// claimed or taken by exactly one caller. "Nothing left" is said only if no ID of
// the range was free (set, for takes) at every moment of the call. A pass of
// [Tracker.Scan] returns an ID that stays in the wanted state exactly once, one
// that stays out of it never. Single-ID operations linearize at the change or the
// reading of their bit; see package bitmap for the argument.
//
// Dropping a tracker unlinks it from the registry. Operations that had found it
// before finish on it unseen and linearize before the drop.
//
// A Recorder is told of a tracker in every call of a Caller that changed
// something that can be seen of it, and in no other. It is told after the change
// and before the call returns: who drops a copy then, and reads again, sees it.
// Beside other callers there are two exceptions. [Handle.Clear] may be told when
// another has cleared the tracker first. Memory that [Handle.ClaimNext] got, but
// others filled or cleared before it had an ID of it, is told of by them alone:
// after it.
//
// # Held things
//
// What is held by a token (hold.go) ends when it is closed, with its tracker, by
// time, and if wanted with its Caller. The end is one store, of a flag that many
// may share or of the last moment, and is seen by all from then on. The registry
// takes out of its table what has ended in the background, some at a time: who
// closes a connection, drops a prefix or all of them does no work for what
// others have opened. Time is the monotonic clock's. [Registry.Notify] hears of
// the ends that no Caller makes; [Registry.Close] ends the work in background.
//
// The table knows tokens, ends and time. What a held thing is, and which other
// it excludes, its kind says: see the type kind.
//
// # Locks
//
// Lookups take none. Making and dropping trackers take the registry's mutex,
// growth and clearing a bitmap's, changes of the table of held things the
// table's, and calls with one token that token's turn. While one is held only
// these are taken:
//
//	registry -> bitmap, table (a tracker leaves)
//	turn     -> none
//	table    -> none
//	bitmap   -> none
//
// A Recorder is called with none of them held.
package tracker
