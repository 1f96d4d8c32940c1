// Package commands is the vocabulary of the server: each command in the file of
// its name (PT.ADD in pt_add.go), with its spec and its handler; a subcommand in
// that of its command. What several commands share stands in the file of their
// group, named as the spec's Group (ids.go, set.go), or in one that holds no
// command. The list in table.go is the only one; COMMAND, arity errors and the
// documents' tables come from it.
//
// A handler parses, calls one method of package tracker, replies. It says what
// it has changed by changing it through a [tracker.Handle], which tells the
// session (session.go).
//
// It knows the contract with the client. It must not know sockets, framing, or
// how a command is found, queued, timed and settled: that is package engine.
package commands
