package commands

import (
	"slices"
	"strings"
)

// drop removes the trackers of prefixes and returns how many there were.
func (c *session) drop(prefixes [][]byte) (dropped int64) {
	for _, p := range prefixes {
		if c.caller.Drop(view(p)) {
			dropped++
		}
	}
	return dropped
}

// How much is done between two looks at whether somebody still wants the reply: to
// match a prefix may take the greater part of a millisecond.
const (
	goneEveryMatch = 16
	goneEverySort  = 1 << 16
)

// A prefix that is collected, beside its bytes, with the room that a list has as it
// grows.
const collectedPrefix = 40

// replyPrefixes writes the prefixes that match, sorted.
func (c *session) replyPrefixes(pattern string) error {
	var prefixes []string
	if err := c.collected.gather(func() (err error) {
		prefixes, err = c.matching(pattern)
		return err
	}); err != nil {
		return err
	}
	if !c.sort(prefixes) {
		return nil
	}
	c.Array(len(prefixes))
	for i, p := range prefixes {
		if i%goneEvery == 0 && c.Gone() {
			return nil
		}
		c.BulkString(p)
	}
	return nil
}

// matching collects the prefixes that match.
func (c *session) matching(pattern string) (prefixes []string, err error) {
	matcher := globs{pattern: pattern}
	bytes, looked := 0, 0
	for t := range c.registry.Each() {
		if looked++; looked%goneEveryMatch == 0 && c.Gone() {
			return nil, nil
		}
		p := t.Prefix()
		if pattern != "*" && !matcher.match(p) {
			continue
		}
		prefixes = append(prefixes, p)
		if bytes += collectedPrefix + len(p); bytes > roomToCollect {
			if err := c.collected.more(bytes); err != nil {
				return nil, err
			}
			bytes = 0
		}
	}
	return prefixes, nil
}

// sort reports false, and leaves them as they lie, when nobody wants them any more.
func (c *session) sort(prefixes []string) bool {
	compared, gone := 0, false
	slices.SortFunc(prefixes, func(a, b string) int {
		if compared++; compared%goneEverySort == 0 && !gone {
			gone = c.Gone()
		}
		if gone { // all are alike, and soon sorted
			return 0
		}
		return strings.Compare(a, b)
	})
	return !gone
}
