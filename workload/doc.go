// Package workload is what a load is to be: phases of operations on keys, read from a file or from
// flags, and what requests come of it: commands, values that can be told again from a seed, an exact
// mix.
//
// It knows words and numbers. It must not know connections, trackers or time as it passes.
package workload
