package commands

import "github.com/prefixtracker/prefixtracker/internal/glob"

// drop removes the trackers of prefixes and returns how many there were.
func (c *session) drop(prefixes [][]byte) (dropped int64) {
	for _, p := range prefixes {
		if c.caller.Drop(view(p)) {
			dropped++
		}
	}
	return dropped
}

// goneEveryMatch is how many prefixes are matched between two looks at whether
// somebody still wants the reply: one may take the greater part of a millisecond.
const goneEveryMatch = 16

// A prefix that is collected, beside its bytes, with the room that a list has as it
// grows.
const collectedPrefix = 40

// replyPrefixes writes the prefixes that match, sorted.
func (c *session) replyPrefixes(pattern string) error {
	var prefixes sortedRuns
	if err := c.collected.gather(func() (err error) {
		prefixes, err = c.matching(pattern)
		return err
	}); err != nil {
		return err
	}
	c.Array(prefixes.n)
	written := 0
	for p := range prefixes.all() {
		if written%goneEvery == 0 && c.Gone() {
			return nil
		}
		c.BulkString(p)
		written++
	}
	return nil
}

// matching collects the prefixes that match.
func (c *session) matching(pattern string) (prefixes sortedRuns, err error) {
	matcher := glob.Pattern{Text: pattern}
	bytes, looked := 0, 0
	for t := range c.registry.Each() {
		if looked++; looked%goneEveryMatch == 0 && c.Gone() {
			return sortedRuns{}, nil
		}
		p := t.Prefix()
		if pattern != "*" && !matcher.Match(p) {
			continue
		}
		prefixes.add(p)
		if bytes += collectedPrefix + len(p); bytes > roomToCollect {
			if err := c.collected.more(bytes); err != nil {
				return sortedRuns{}, err
			}
			bytes = 0
		}
	}
	return prefixes, nil
}
