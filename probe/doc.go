// Package probe asks a server whether it answers, and whether it is ready: for health checks.
//
// It knows how a server is spoken to over the Redis protocol, and what INFO says of its state. It must not know settings,
// nor anything of what runs inside a server.
package probe
