package commands

import "slices"

// drop removes the trackers of prefixes and returns how many there were.
func (c *session) drop(prefixes [][]byte) (dropped int64) {
	for _, p := range prefixes {
		if c.caller.Drop(view(p)) {
			dropped++
		}
	}
	return dropped
}

// replyPrefixes writes the prefixes that match, sorted.
func (c *session) replyPrefixes(pattern string) {
	prefixes := slices.DeleteFunc(c.registry.Prefixes(), func(p string) bool { return !glob(pattern, p) })
	c.Array(len(prefixes))
	for i, p := range prefixes {
		if i%goneEvery == 0 && c.Gone() {
			return
		}
		c.BulkString(p)
	}
}
