// Package tracker knows which IDs exist under each key prefix: a [Tracker] is
// a prefix with its bound, its key format and its rules for claiming, taking
// and iterating; a [Registry] finds the tracker of a prefix.
//
// It knows IDs and prefixes. It must not know how a request arrives: no RESP,
// no sockets, no commands. It imports bitmap and nothing else of this module.
//
// # Guarantees
//
// Everything is safe for concurrent use. An ID is claimed or taken by exactly
// one caller. "Nothing left" is said only if no ID of the range was free (set,
// for takes) at every moment of the call. A pass of [Tracker.Scan] returns an
// ID that stays in the wanted state exactly once, one that stays out of it
// never. Single-ID operations linearize at the change or the reading of their
// bit; see package bitmap for the argument.
//
// Dropping a tracker unlinks it from the registry. Operations that had found
// it before finish on it unseen and linearize before the drop.
//
// # Locks
//
// Lookups take none. The registry's mutex orders creation and removal among
// themselves; a bitmap's mutex orders its growth. Neither is held while the
// other is taken, but for registry -> bitmap in a drop.
package tracker
