// Package load is a load generator: clients with pipelines on a few threads, open or closed loop, and
// histograms of what they saw.
//
// It knows connections, the Redis protocol's replies, time. What is sent, and what a reply means, a
// [Script] says. It must not know what an ID, a tracker or a workload is, nor whose server it is.
package load
