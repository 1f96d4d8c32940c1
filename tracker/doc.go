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
// What [Caller.Copy] and [Caller.Store] make is nobody's until it is whole; then it, or a
// tracker that is renamed, is found by its prefix from one moment on, and the one that was
// there before until then. Operations that had found a tracker before it was renamed finish on it.
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
// # In flight
//
// An ID that was handed out with a lease, and is not settled, is in flight: it neither exists
// nor is it free. Its state is two bits, B in the tracker's own bitmap and F in a second
// one (flight.go), which a tracker has from its first lease on:
//
//	B F
//	0 0  free
//	1 0  exists
//	1 1  in flight, claimed or taken alike
//	0 1  never
//
// Who moves an ID from one state to another:
//
//	free -> exists      Add, Claim, ClaimNext: a compare-and-swap of B, as without leases
//	exists -> free      Remove, TakeNext, Pop, RemoveRange, a delete iterator: of B
//	free -> flight      ClaimLease: of B, then F, in one odd sequence
//	exists -> flight    TakeLease: F
//	flight -> exists    Confirm of a claim; Release or end of a take: F
//	flight -> free      Release or end of a claim; Confirm of a take: F, then B, in one odd sequence
//	any -> free         Clear, Reset
//
// So who claims needs nothing of F: what is in flight has its B and is no more to be had than what
// exists. All others look at F, and only where B says 1 and there is a second bitmap:
//
//	F1  F changes under the lease lock only (flight.mu), and B of an ID in flight too.
//	F2  A reader looks at B first, and then whether there is a second bitmap. The pointer to it is stored
//	    before the first lease sets a bit, so a bit that a lease has set is never seen
//	    without it.
//	F3  What changes F makes the sequence odd before and even after all of it. A
//	    reader that has read the same even number before and after its look at B and F has seen
//	    F as it was at the moment of its look at B: that is where it linearizes. Else
//	    it looks again, a few times, and then under the lock. (Two looks alone are not enough: an ID can be removed
//	    and leased again between them, and both words look as before.)
//	F4  Who takes away, with a second bitmap there, does it under the lease lock: nothing goes in
//	    flight between his look at F and his change of B. Without one he has no F to
//	    look at.
//	F5  Who has looked for a second bitmap before there was one, and takes away later, would take what is in
//	    flight. So Callers announce that they take (takers.go), and the first lease of a tracker
//	    waits, after the pointer is stored, until all have left who were announced before it.
//	    Trackers' own methods and [Delete] are not announced: who uses them beside the very first
//	    lease of a tracker may take what it hands out.
//	F6  An ID in flight is outstanding of exactly one lease. Who settles it takes it out
//	    of the lease under the lock, having seen that the lease lives (the holder) or that it has ended and
//	    left (the registry, once). Ends are for good (hold.late), so of confirmation and end exactly one
//	    happens to an ID. With its tracker, or with all its IDs, a lease ends under the lock as well:
//	    nothing of it is settled after that.
//
// Linearization: ClaimLease and TakeLease, for each ID, at the end of their odd sequence or the store to F; Confirm
// and Release at the same; the end by time at the first of: the moment that somebody is told of it, the
// release of the ID. Count, and what goes through many IDs, are as without leases.
//
// With a log, each change of F is one step together with the note that says it
// (journal, J10), and so is the B of an ID in flight. A lease that is read back has the time that it had
// left when it was said last, or more; its holder may go on. One that was to end with its Caller ends
// at once. After a cut of the power confirmations may be missing: claims in flight in what
// was reserved ahead exist then, and are counted as doubted, for they must not be handed out again.
//
// # Shared cursors
//
// A shared cursor (cursor.go) is a held thing whose token is its name: it is found in O(1), ends with its
// tracker, and no time ends it. It goes through positions, 0 to the length of its range, each of
// which is an ID: the one at that distance from the beginning, or the one that the permutation of its seed has there. So
// what it hands out, and in which order, depends on what the pass is alone.
//
// A position is in front of the cursor, or in a page, or behind for good. A page is what was handed out with a
// lease: held by a token of its own, and settled as leases are; but its IDs are in the state that they are in, and not in
// flight. When the lease has ended otherwise than by being confirmed, the page has come back, and goes first, before
// what lies in front, as far as it still matches.
//
//	C1  Who has the turn (cursor.turn) alone moves the position on, and takes from pages that have come
//	    back; all that is done in one step under cursor.mu, if nobody has moved the cursor since it looked (era). So
//	    each position is handed out once, and again only when its page has come back.
//	C2  The turn is held for a bounded walk. On an event loop there is one, and none while somebody walks
//	    elsewhere: no loop waits for a walk that is not one of a loop.
//	C3  A page is settled, or comes back, once: under cursor.mu, by who has seen that its lease lives, or has ended.
//	C4  The end is said when nothing lies in front and nothing is outstanding; before that it is "not yet".
//	    So each ID that matches all through the pass was handed out, and confirmed where that was asked for, when somebody is told of the end.
//	C5  A pass that loops begins again when nothing is outstanding, and unless the one before has found nothing.
//
// In the log (cursorlog.go) each step is one note, which names positions and pages; positions that were passed over
// are not said, and are passed over again.
//
// # Selections and masks
//
// Whoever reads IDs of one state, or hands them out under a mask, does so through a
// [Selection]: one place knows what is in flight, and the next reader is right by itself.
// A selection is several conditions, each about one bitmap or the two of one tracker (condition.go). A
// walk (walk.go) goes from word to word where all of them may have something, and passes over no ID that is
// wanted all through it; what it returns is in each bitmap as it should be, at a moment of the
// call for each.
//
// A mask is looked at right before the compare-and-swap that hands out the IDs of a word, and not in it, for
// there are two words. What that promises beside writers of the mask:
//
//   - An ID that the mask passes over from before a call to its end is not handed out by
//     it. So who protects an ID, and then has the reply, knows that no later call hands it out.
//   - A call that was under way when the ID was protected may hand it out still: it had
//     looked at the mask before. Who must know waits for the hand-outs under way.
//   - Nobody gets an ID that somebody else gets, whatever the masks.
//
// # Beside something else
//
// Who compares a tracker with something else, for long, has a [Pin] of it: what he does is done to that
// tracker or is [ErrDetached], and he is told when the prefix has another one or was cleared. What he has found goes
// into a [Scratch]: IDs of no prefix, in no log, charged to the budget until it is closed, and a mask for
// others. [Handle.LeaseOf] puts the very IDs in flight that he is in doubt about, so that nobody gets them until he knows.
//
// # Locks
//
// Lookups take none. Making and dropping trackers take the registry's mutex,
// growth and clearing a bitmap's, changes of the table of held things the
// table's, and calls with one token that token's turn. While one is held only
// these are taken:
//
//	registry -> bitmap, table (a tracker leaves)
//	turn     -> lease lock (to take)
//	lease    -> bitmap, table, the log's
//	cursor's turn -> table, cursor
//	cursor   -> the log's
//	table    -> cursor, the log's (a cursor comes or goes)
//	bitmap   -> none
//
// A Recorder is called with none of them held.
package tracker
