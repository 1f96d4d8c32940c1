// Package web shows a server to those who look on: over HTTP, on an address of its own.
// Health for probes, metrics for Prometheus, JSON and a stream of it for whoever draws
// pictures, and the page that does.
//
// It knows HTTP, and how to read a registry and the figures. It must not know what a
// command means, the protocol of the clients, nor how the server serves them. Nothing
// that it does changes anything.
//
// # What it may cost
//
// Nothing here is on the way of a command. What is told is read from counters that are
// there anyway. What is read for all viewers is read once for those who look at the same
// (view.go), and what walks over much — all prefixes, a map of billions — no oftener
// than a fiftieth of a processor allows, for all of it together (pace.go).
//
// # Rates
//
// There are none of a prefix. A viewer has two answers and the time of each, and can
// divide: so the server keeps nothing for those who might look (docs/adr/0017).
package web
