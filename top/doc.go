// Package top shows a server in a terminal: its state, prefixes with their rates, where the IDs of one lie, clients.
//
// It knows the JSON that a server tells over HTTP, and a terminal. It must not know settings, RESP, nor anything of what
// runs inside a server.
//
// A feed follows the server and tells what comes; a screen keeps that and answers keys; each part of what is seen is a
// function of the screen. The server keeps nothing for it: rates are worked out here, from one answer to the next.
package top
