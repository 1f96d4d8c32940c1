//go:build unix

package cli

import (
	"fmt"
	"syscall"

	"github.com/prefixtracker/prefixtracker/resp"
)

// ownDescriptors are those that are no client's and no loop's: files, the log's with
// those that it is being replaced by, listeners, the runtime's own, and one each for a
// client that is let in or turned away, and for who looks on.
const ownDescriptors = 42

// watchersShare is how large a part those who look on over HTTP may have of what the
// limit has room for, one of so many.
const watchersShare = 8

// withinDescriptors returns how many clients there can be beside so many event
// loops: clients (0 for any number) or what the limit of file descriptors has room
// for; and how many can look on beside them, watchers or less. Without room for any
// client it returns an error.
func withinDescriptors(clients, watchers, loops int) (int, int, error) {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return clients, watchers, nil
	}
	own := ownDescriptors + loops*resp.LoopDescriptors
	room := int(limit.Cur) - own
	if room < 1 {
		return 0, 0, fmt.Errorf("the limit of file descriptors is %d, and with %d event loops at least %d are needed: see ulimit -n and --loops",
			limit.Cur, loops, own+1)
	}
	watchers = min(watchers, room/watchersShare)
	if room -= watchers; clients > 0 && clients <= room {
		return clients, watchers, nil
	}
	return room, watchers, nil
}
