package resp

import "time"

// SetWorkPatience sets how long who waits for a place at long work bears with one
// whose turn does not end.
func (c *Config) SetWorkPatience(d time.Duration) { c.workPatience = d }
