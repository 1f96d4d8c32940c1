// Package cli is the program around the server: its settings, its subcommands,
// the wiring of the other packages, and the signals.
//
// A setting is one row of the tables in rows.go and persistencerows.go. Its flag, its environment
// variable, its name in a file, --help, its checks, what CONFIG GET and SET know
// of it, its line in docs/operations.md, in the example file and in the manual page,
// and what shells complete follow from the row, so they cannot differ.
//
// It knows what can be set, and who needs it. It must not know what a command means, nor bytes of the protocol.
package cli
