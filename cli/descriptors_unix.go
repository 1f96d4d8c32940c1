//go:build unix

package cli

import (
	"fmt"
	"syscall"

	"github.com/prefixtracker/prefixtracker/resp"
)

// ownDescriptors are those that are no client's and no loop's: files, the log's with
// those that it is being replaced by, listeners, the runtime's own, and one for a
// client that is let in or turned away.
const ownDescriptors = 40

// withinDescriptors returns how many clients there can be beside so many event
// loops: clients (0 for any number) or what the limit of file descriptors has room
// for. Without room for any it returns an error.
func withinDescriptors(clients, loops int) (int, error) {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return clients, nil
	}
	own := ownDescriptors + loops*resp.LoopDescriptors
	room := int(limit.Cur) - own
	switch {
	case room < 1:
		return 0, fmt.Errorf("the limit of file descriptors is %d, and with %d event loops at least %d are needed: see ulimit -n and --loops",
			limit.Cur, loops, own+1)
	case clients > 0 && clients <= room:
		return clients, nil
	}
	return room, nil
}
