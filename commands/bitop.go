package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// BITOP operation destination key [key …]
var bitOpSpec = &engine.Spec{
	Name: "BITOP", Arity: -4, Flags: []string{"write", "denyoom"},
	Long:     true,
	FirstKey: 2, LastKey: -1, Step: 1,
	Group:      groupBitmap,
	Summary:    "Makes the destination a tracker of what AND, OR, XOR, NOT, DIFF, DIFF1, ANDOR or ONE makes of the bits of the keys, as SINTERSTORE does. NOT needs a key with a bound, and has the IDs below it.",
	Complexity: "O(n*k) for n words that have such IDs under k keys; with NOT for n words below the bound",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "operation", Type: engine.String}, argDestination, argKeys},
	Reply:      "number of bytes of the longest string of bits",
	Run:        run(bitOp),
}

var bitOps = map[string]tracker.Operation{
	"AND": tracker.Intersection, "OR": tracker.Union, "XOR": tracker.Odd, "NOT": tracker.Complement,
	"DIFF": tracker.Difference, "DIFF1": tracker.OthersOnly, "ANDOR": tracker.FirstAndAny, "ONE": tracker.One,
}

func bitOp(c *session, args [][]byte) error {
	for name, op := range bitOps {
		if !engine.Is(args[0], name) {
			continue
		}
		switch few := len(args) == 3; {
		case op == tracker.Complement && !few:
			return errBitOpNot
		case few && (op == tracker.Difference || op == tracker.OthersOnly || op == tracker.FirstAndAny):
			return errBitOpKeys(name)
		}
		return c.bitOp(op, args[1], args[2:])
	}
	return engine.ErrSyntax
}

func (c *session) bitOp(op tracker.Operation, destination []byte, keys [][]byte) error {
	k, err := c.combine(op, keys)
	if errors.Is(err, tracker.ErrUnbounded) {
		return errBitOpUnbounded
	}
	if err != nil {
		return err
	}
	length := k.Bytes() // before one of them is replaced
	_, ok, err := c.store(destination, k)
	if err == nil && ok {
		c.Int(int64(length))
	}
	return err
}
