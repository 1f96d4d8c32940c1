//go:build unix

package cli

import (
	"syscall"

	"github.com/rs/zerolog"
)

// ownDescriptors are those that are no client's.
const ownDescriptors = 32

// withinDescriptors returns how many clients there can be, clients (0 for any
// number) or what the limit of file descriptors has room for.
func withinDescriptors(clients int, log zerolog.Logger) int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return clients
	}
	room := max(int(limit.Cur)-ownDescriptors, 1)
	if clients > 0 && clients <= room {
		return clients
	}
	if clients > 0 {
		log.Warn().Int("max_clients", room).Uint64("file_descriptors", limit.Cur).
			Msg("the limit of file descriptors has no room for so many clients")
	}
	return room
}
