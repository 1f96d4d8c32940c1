// Package reconcile makes trackers agree with a store.
//
// It knows trackers, the log of their changes, and stores. It must not know commands, sockets of
// clients, or settings.
package reconcile
