package commands

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
)

// WAITAOF numlocal numreplicas timeout
var waitAOFSpec = &engine.Spec{
	Name: "WAITAOF", Arity: 4,
	Long:  true,
	Group: groupServer, Categories: []string{"connection"},
	Summary:    "Waits until all changes so far are on the disk, with numlocal 1, for so many milliseconds at most; 0 is for ever. There are no replicas to wait for.",
	Complexity: "O(1)", Since: "0.1.0",
	Args: []*engine.Arg{{Name: "numlocal", Type: engine.Integer}, {Name: "numreplicas", Type: engine.Integer},
		{Name: "timeout", Type: engine.Integer}},
	Reply: "1 if they are, else 0; and 0",
	Run:   run(waitAOF),
}

func waitAOF(c *session, args [][]byte) error {
	local, err := parseIntWithin(args[0], 0, 1)
	if err != nil {
		return err
	}
	if _, err := parseNatural(args[1]); err != nil {
		return errNotPositive
	}
	timeout, err := parseTimeout(args[2])
	if err != nil {
		return err
	}
	log := c.Log()
	if log == nil && local > 0 {
		return errWaitAOF
	}
	is := log != nil && (local > 0 && c.synced(log, timeout) || c.isSynced(log))
	c.Array(2)
	c.Bool(is)
	c.Int(0)
	return nil
}

// isSynced tells whether all changes so far are on the disk.
func (c *session) isSynced(log *journal.Log) bool {
	s := log.Status()
	return c.notes.Len() == 0 && s.Synced == s.Position
}

// synced waits for that, and tells whether it is so.
func (c *session) synced(log *journal.Log, timeout time.Duration) (is bool) {
	gate := log.Sync(c.notes)
	if log.Reached(gate) {
		return true
	}
	c.Rest(func() {
		wait, cancel := c.ending(), context.CancelFunc(func() {})
		if timeout > 0 {
			wait, cancel = context.WithTimeout(wait, timeout)
		}
		defer cancel()
		is = log.Wait(gate, wait.Done())
	})
	return is
}
