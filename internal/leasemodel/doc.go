// Package leasemodel says what IDs and leases do, one step after the other, for
// porcupine: whether what many clients were told at the same time can be put in
// an order that the contract allows.
//
// It knows states and histories. It must not know trackers, commands or the
// network: whoever drives a server or a library records what was asked and what
// came back.
//
// # What is checked
//
// A history is cut by ID and by lease, so that a million operations are many
// short histories. Of an ID it is known where it is: free, there, or in flight by
// one lease. Of a lease: which of its IDs are outstanding, and whether it has
// ended. An operation on many IDs is an operation on each of them, over the same
// interval, and one on its lease.
//
// # What may happen by itself
//
// The end of a lease by time has no call of its own, and the end with a
// connection is the server's to notice. So there is a moment from which on a
// lease may end (Due, Doom), and the state is the set of all states there may be;
// what somebody is told next leaves those that agree. A lease that has ended may
// have IDs that are not given back yet: these are with nobody.
//
// # What is not known
//
// An operation without an answer, because the server was killed, may have had
// its effect or not (Maybe).
package leasemodel
