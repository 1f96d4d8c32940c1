// Package redistest runs real Redis servers on loopback for tests: one, a Cluster whose slots move and
// whose primaries die, a primary that Sentinels watch.
//
// It knows redis-server (or what REDISTEST_SERVER names, such as valkey-server) and how it is told
// what to do. It must not know what is tested with it.
package redistest
