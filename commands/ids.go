package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The commands about single IDs and ranges of them.

var (
	argID  = &engine.Arg{Name: "id", Type: engine.Integer}
	argIDs = &engine.Arg{Name: "id", Type: engine.Integer, Multiple: true}
	argMin = &engine.Arg{Name: "min", Type: engine.Integer}
	argMax = &engine.Arg{Name: "max", Type: engine.Integer}
)

// fewParsed is how many keys can be read without holding up other clients: a key
// may have to be looked for under thirty prefixes.
const fewParsed = 400

func parseRange(min, max []byte) (r tracker.Range, err error) {
	if r.Min, err = parseLimit(min); err == nil {
		r.Max, err = parseLimit(max)
	}
	return r, err
}
