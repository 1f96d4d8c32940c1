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

// A prefix that is collected, beside its bytes, with the room that a list has as it
// grows.
const collectedPrefix = 40

// replyPrefixes writes the prefixes that match, sorted.
func (c *session) replyPrefixes(pattern string) error {
	if err := c.collected.start(); err != nil {
		return err
	}
	matcher := globs{pattern: pattern}
	var prefixes []string
	bytes := 0
	for t := range c.registry.Each() {
		if c.Gone() { // to match one may take milliseconds
			return nil
		}
		p := t.Prefix()
		if pattern != "*" && !matcher.match(p) {
			continue
		}
		prefixes = append(prefixes, p)
		if bytes += collectedPrefix + len(p); bytes > roomToCollect {
			if err := c.collected.more(bytes); err != nil {
				return err
			}
			bytes = 0
		}
	}
	slices.Sort(prefixes)
	c.Array(len(prefixes))
	for i, p := range prefixes {
		if i%goneEvery == 0 && c.Gone() {
			return nil
		}
		c.BulkString(p)
	}
	return nil
}
