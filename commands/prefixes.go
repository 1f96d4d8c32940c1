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
	matcher := globs{pattern: pattern}
	var prefixes []string
	for t := range c.registry.Each() {
		if c.Gone() { // to match one may take milliseconds
			return
		}
		if pattern == "*" || matcher.match(t.Prefix()) {
			prefixes = append(prefixes, t.Prefix())
		}
	}
	slices.Sort(prefixes)
	c.Array(len(prefixes))
	for i, p := range prefixes {
		if i%goneEvery == 0 && c.Gone() {
			return
		}
		c.BulkString(p)
	}
}
