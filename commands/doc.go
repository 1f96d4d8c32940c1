// Package commands is the vocabulary of the server: one file per command with
// its spec, its argument parser and its handler, and the standard Redis
// commands that clients expect. The table in table.go is the only list of
// them; COMMAND, arity errors and the README's table come from it.
//
// A handler parses, calls one method of package tracker, replies. It uses
// package resp's connection and writer as an HTTP handler uses net/http.
//
// It knows the contract with the client. It must not know sockets, framing or redcon.
package commands
