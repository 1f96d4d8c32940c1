// Package remote asks a tracker that runs elsewhere, over the Redis protocol.
//
// It knows where a server is, how it is asked, and what its replies to PT commands hold. It must not know settings,
// files, terminals, or anything of what runs inside a server.
package remote
