// Package reconcile makes trackers agree with a store.
//
// It knows trackers, the log of their changes, and stores. It must not know commands, sockets of
// clients, or settings.
//
// # Jobs
//
// A job is one load, verify or repair of one prefix (jobs.go, job.go, work.go). It is pinned to the
// tracker that it found: one that has the prefix later is never touched, and the job fails. A load adds what the store has,
// page by page (load.go). Changes are made by hands (hand.go), each of which is one caller of the
// registry with a batch of the log: a job is done when the log has what they have changed.
//
// # What differs
//
// Nobody can look at a tracker and a store at one moment, so an ID differs when it looks wrong at three looks with a
// pause between them (compare.go):
//
//	R1  Look 1 lists the store into a set, seen, and then goes through the tracker. What exists and is not in seen is
//	    suspected to be stale, what is free and in seen to be missing. A key that is there while the list is made is
//	    in it, so what is stale all the while is suspected, and what is missing is, too.
//	R2  Looks 2 and 3 ask for each suspect the tracker, the store, and the tracker again. Who is right at one of these is
//	    suspected no more.
//	R3  What is in flight is neither free nor does it exist: it is never suspected, nor is it any more when it goes
//	    there.
//
// So an ID that is told of was wrong in the store's eyes between two moments at which it was wrong in the
// tracker's, twice, a pause apart, and did not go in flight then. A worker who changes an ID by a lease leaves it in flight from before
// he changes the key until after that: by R3 his work is told of never. One without a lease changes the one and then the
// other. If that takes him less than a pause he is told of only when the looks 2 and 3 both fall into such a moment of the
// same ID, which then has been handed out again in between. A repair is not misled by that, either: see R5.
//
// # Making it right
//
// What is wrong by then may be wrong no more, or be handed out to somebody. So it is put in flight (doubt.go), where nobody gets
// it, and asked for again, twice with a pause between (repair.go):
//
//	R4  Nothing is handed out that is wrong and that we have, and we get nothing that somebody else has.
//	R5  What is confirmed was wrong at both questions, and was ours all the while. Who had got it before that, without
//	    a lease, and writes or deletes its key within a pause, is seen by the second.
//	R6  If anything ends before that, a lease, the store, the log, the process, all is as it was.
//	R7  Who has written a key after the last question, and told the tracker before the confirmation, was told that
//	    nothing was added. The question after the confirmation finds the key, and it is missing: R4 again. (A job that is
//	    stopped in that moment leaves it missing.)
//	R8  Who changes a key, without a lease, after a question has found it right and before the ID is given back, is told
//	    by the tracker that nothing has changed, too. That is not asked again: it is left to the next verify, or, where
//	    the store is followed, to the event.
//
// How events are followed, in the same way, is told in follow.go.
package reconcile
