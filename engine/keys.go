package engine

import "strings"

// Keys returns the keys among the words of a command, its name included: those that
// have a place, and those behind keywords.
func (c *Command) Keys(words [][]byte) (keys [][]byte) {
	first, last, step := c.FirstKey, c.LastKey, c.Step
	switch {
	case c.KeyCount > 0 && c.KeyCount < len(words):
		first, step = c.KeyCount+1, 1
		last = c.KeyCount + c.countKeys(words[1:])
	case last < 0:
		last += len(words)
	}
	last = min(last, len(words)-1)
	switch {
	case first == 0 || first > last:
	case step == 1:
		keys = words[first : last+1 : last+1]
	default:
		for i := first; i <= last; i += step {
			keys = append(keys, words[i])
		}
	}
	name := 1 + strings.Count(c.Name, "|")
	if !c.options.haveKeys() || len(words) < name {
		return keys
	}
	var o Options
	if o.read(c.options, words[name:]) != nil {
		return keys
	}
	for _, a := range c.options.args {
		if a.Type != Key {
			continue
		}
		if key := o.Word(a); key != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// haveKeys tells whether a keyword has a key behind it.
func (t *optionTable) haveKeys() bool {
	if t != nil {
		for _, a := range t.args {
			if a.Type == Key {
				return true
			}
		}
	}
	return false
}
