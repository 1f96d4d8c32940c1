package driver

import "github.com/prefixtracker/prefixtracker/remote"

// newTakes is a source of IDs that are taken from all that exist. With a limit or in random order they are those of a
// cursor.
func newTakes(f *feeder, h remote.HandOut, gone uint64) source {
	return &leased{feeder: f, which: h, give: f.client.Take, right: f.client.RemoveIDs, goal: false, gone: gone}
}
