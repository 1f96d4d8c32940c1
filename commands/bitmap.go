package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The bit commands see a prefix as a string of bits, the ID being the offset.
// The string ends with the byte of the largest ID that exists.

var (
	argOffset = &engine.Arg{Name: "offset", Type: engine.Integer}
	argStart  = &engine.Arg{Name: "start", Type: engine.Integer, Read: checkInt}
	argEnd    = &engine.Arg{Name: "end", Type: engine.Integer, Read: checkInt}
	optUnit   = &engine.Arg{Name: "unit", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
		engine.Token("BYTE"), engine.Token("BIT")}}
)

// parseOffset reads an ID, zeros in front included: redis-benchmark writes all of
// its numbers with twelve digits.
func parseOffset(b []byte) (uint64, error) {
	id, ok := parseUint(b, tracker.MaxID)
	if !ok {
		return 0, errBitOffset
	}
	return id, nil
}

// parseBitRange reads [start [end [BYTE|BIT]]] as Redis does: inclusive,
// negative from the end of the string, clipped to it.
func (c *session) parseBitRange(t tracker.Reader, args [][]byte) (tracker.Range, error) {
	start, end, unit := int64(0), int64(-1), int64(8)
	var err error
	if len(args) > 0 {
		if start, err = parseInt(args[0]); err != nil {
			return tracker.Range{}, err
		}
	}
	if len(args) > 1 {
		if end, err = parseInt(args[1]); err != nil {
			return tracker.Range{}, err
		}
	}
	if c.Options.Chose(optUnit) == "BIT" {
		unit = 1
	}
	last, ok := t.Last()
	if !ok {
		return tracker.Range{}, nil
	}
	length := int64(last/8+1) * 8 / unit
	if start < 0 {
		start = max(start+length, 0)
	}
	if end < 0 {
		end = max(end+length, 0)
	}
	end = min(end, length-1)
	if start > end {
		return tracker.Range{}, nil
	}
	return tracker.Range{Min: uint64(start * unit), Max: uint64((end + 1) * unit)}, nil
}

// checkInt refuses what is no integer.
func checkInt(b []byte) (uint64, error) {
	_, err := parseInt(b)
	return 0, err
}
