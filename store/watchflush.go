package store

import (
	"context"
	"strings"

	"github.com/gomodule/redigo/redis"
)

// atOnce is how often all keys of a database were deleted, or took the place of others, at once: no event is told of that.
// A server counts its commands, and what was counted before is not missed, however late it is looked at.
type atOnce struct{ flushes, swaps uint64 }

// countAtOnce asks for it. doubt says why a server does not tell.
func countAtOnce(ctx context.Context, c *conn) (n atOnce, doubt string, err error) {
	text, err := redis.String(c.do(ctx, "INFO", "commandstats"))
	if said, ok := refused(err); ok {
		return n, "; of a flush nothing is told: " + said, nil
	}
	if err != nil {
		return n, "", explain(c.addr, err)
	}
	if !strings.Contains(text, "cmdstat_") { // we have just said HELLO and INFO
		return n, "; of a flush nothing is told: INFO commandstats is empty", nil
	}
	for line := range strings.Lines(text) {
		name, stat, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "cmdstat_flushall", "cmdstat_flushdb":
			n.flushes += calls(stat)
		case "cmdstat_swapdb":
			n.swaps += calls(stat)
		}
	}
	return n, "", nil
}

// tell tells of what has been done since before.
func (n atOnce) tell(before atOnce, addr string, to Watcher) {
	if n.swaps != before.swaps {
		to.Gap(addr + ": SWAPDB tells no events")
	}
	if n.flushes != before.flushes {
		to.Gap(addr + ": FLUSHALL or FLUSHDB tells no events")
	}
}
