// Package store is what a target store is: servers in which clients keep keys, which can be
// listed, asked for, and listened to.
//
// It knows the servers that speak the Redis protocol: one, a primary that Sentinels know, or a
// Cluster. It must not know what a tracker is, or what the keys mean.
package store
