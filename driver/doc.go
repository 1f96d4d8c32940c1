// Package driver runs a workload: it gets IDs from a tracker ahead of their use, has a load send what
// the workload says to a store, and tells the tracker what has become of each ID.
//
// It knows the tracker by [remote], the store by its connections, the workload and the load. It must
// not know terminals, flags or files.
//
// # What a driver leaves that is gone
//
// A driver may be killed between any two of its steps. What it had, it had by leases, which end by time: claims are
// free again, takes exist again, pages of a cursor are handed out again. The store may be further than the tracker then: a
// key is written and its ID is free, or a key is deleted and its ID exists. Never is the tracker further: an ID is confirmed when
// the reply of the store is there, and only then.
//
// (G1) Claims until nothing is free, takes until nothing exists, a cursor until its end: others get these IDs and do the operation
// again. To write the same key again, with a value that depends on the ID alone, or to delete it again, leaves the store as it
// was to be, and then it is confirmed. So tracker and store are the same at the end, whoever is killed, if one
// driver is left. For this the end must not be said before: while somebody has IDs in flight, "nothing is free" is no end.
// It is one when all IDs are counted as they are to be. Nothing goes the other way in such a phase (feedOptions.alone), so each ID that
// is as it is to be stays so, and a count over some time is as good as one of a moment. "Nothing is free, and nothing in
// flight" is not: between the two questions an ID can come back, and be handed out again to one who is killed after that. A cursor says
// its end when no page is out, which is one moment.
//
// (G2) A limit of a cursor counts what is confirmed or out. What is taken by a cursor exists until it is removed, so to remove and to
// confirm it is one step (MULTI): if it was removed alone, its page would come back with nothing wanted in
// it and give its part of the limit to others, and one ID more would be deleted for each; if it was confirmed alone, it would exist
// for ever without a key. MULTI does not look at the lease, so it is renewed right before. If the process stands still for a
// whole lease just there, IDs are removed without being confirmed. The reply says so, they are added again at once, and the page gives
// them to others (passed.undo). What is left to luck is that another one asks for this page between these two replies,
// or that the process is killed there: then the limit is exceeded by a batch. The tracker still tells the truth in the first case.
//
// (G3) A phase that ends by time or number, with claims or takes, and a driver killed in it: nobody does its IDs
// again if the others have ended before its leases have. A key may be there whose ID is free, or an ID whose key is
// not, at most for the IDs of its batches. No survivor knows which: the tracker has forgotten whose they were, on
// purpose. A phase that syncs with mode repair puts it right, as may a next phase that goes on until nothing is
// left. So it is in a phase that has claims and takes. Samples and cursors that take nothing change no ID.
//
// # A lease that ends while its driver lives
//
// A process that stands still for longer than its leases finds out when it goes on: a renewal or a confirmation is answered
// with NOLEASE. It uses no more IDs of the batch (batch.more). Some operations it has done before, and some may reach
// the store after others had the IDs. They are counted as "lease lost".
//
// (L1) Claims, alone: the key is written. The ID is free, or in flight as somebody writes the same key, or exists. To add it is right
// in the first case, and nothing in the others; once it exists it stays so. What is in flight is not added, and may be given back
// later: the old lease itself, whose end is known before its IDs are free, or that of one who is killed. So it
// is tried again until it exists (leased.mend). With takes in the same phase to add is not right: the key may
// have been deleted since. Then nothing is done, and it is as in (G3).
//
// (L2) Takes, alone: the same with remove, and with claims in the same phase the same reason not to: the ID may have been claimed and its
// key written since. A late DEL of such a process may even delete what is new. This is why leases are much longer than
// anything is expected to stand still.
//
// (L3) Pages of a cursor: nothing is confirmed, others do it all again. Takes of a cursor do not remove what they have deleted: the page
// comes back, others find the keys gone, remove and confirm.
//
// (L4) NOLEASE may also mean that a confirmation was done and its answer was lost with the connection. Where IDs are put right as in L1
// and L2 this shows: nothing is to be changed, and nothing counts as lost. Elsewhere the time tells: if the lease cannot
// have ended by time since it was renewed, counted from before the renewal was sent, it was confirmed.
//
// A DEL that finds no key is no miss when its batch may be second-hand (batch.again): leases of the prefix have ended by time since the feed
// began, which the tracker counts before it gives IDs of such a lease to anybody.
package driver
