// Package lockcheck tells where a program may wait for somebody else while it
// holds a lock: for a client that takes a reply, for whoever reads the log, for
// a channel. Whoever wants the lock next waits with it, be it an event loop with
// all of its clients.
//
// It follows each function from statement to statement and knows which locks are
// held there. What is called there must not wait, nor what that calls in turn. A
// call through an interface is one of all methods that fit, a call of a function
// value one of all functions of its type that are used as values; what is
// started with go, or by a timer, is not called. Locks are told apart by the
// field or variable that they are, not by the value that the field is in.
//
// It knows Go source and the standard library. It must not know what any package
// of this module is for; a test asks it about the program, and says what is to
// be excepted, and why.
package lockcheck
