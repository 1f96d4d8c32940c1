package resp_test

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// fuzzed is the longest input that is tried: longer ones find nothing that
// tight limits do not find in shorter ones.
const fuzzed = 4 << 10

// FuzzFramerAgainstNaive cuts any input in any way: the commands and the error
// must be those of the naive parser, which sees it whole.
func FuzzFramerAgainstNaive(f *testing.F) {
	for i, c := range inputs {
		if len(c.in) <= fuzzed {
			f.Add([]byte(c.in), uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		if len(in) > fuzzed {
			t.Skip()
		}
		check(t, string(in), wide, seed)
	})
}

// FuzzFramerLimits does the same with limits that are near: what is held stays
// in bounds (see frame), and the limits do what the naive parser says.
func FuzzFramerLimits(f *testing.F) {
	for i, c := range inputs {
		if len(c.in) <= fuzzed {
			f.Add([]byte(c.in), uint64(i), byte(1+i%4), byte(i%17), uint16(i*3), byte(i), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, args, bulk byte, command uint16, inline byte, before bool) {
		if len(in) > fuzzed {
			t.Skip()
		}
		l := limits{Limits: resp.DefaultLimits()}
		if before {
			l = unauthenticated()
		}
		l.Args = 1 + int(args)
		l.Bulk = int(bulk)
		l.Command = int(command)
		l.Inline = 32 + int(inline)
		check(t, string(in), l, seed)
	})
}
