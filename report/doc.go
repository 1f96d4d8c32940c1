// Package report writes what was seen of a workload for other programs, reads it again, and makes one of what
// several drivers have seen.
//
// It knows results and formats. It must not know files, terminals, connections or how a workload is run.
package report
