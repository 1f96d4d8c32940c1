package engine

import "strings"

// Keys returns the keys among the words of a command, its name included: those that
// have a place, and those behind keywords.
func (c *Command) Keys(words [][]byte) (keys [][]byte) {
	last := c.LastKey
	if last < 0 {
		last += len(words)
	}
	last = min(last, len(words)-1)
	switch {
	case c.FirstKey == 0 || c.FirstKey > last:
	case c.Step == 1:
		keys = words[c.FirstKey : last+1 : last+1]
	default:
		for i := c.FirstKey; i <= last; i += c.Step {
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
