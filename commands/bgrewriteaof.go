package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
)

// BGREWRITEAOF
var bgRewriteAOFSpec = &engine.Spec{
	Name: "BGREWRITEAOF", Arity: 1, Flags: []string{"admin"},
	Group: groupServer, Summary: "Begins to write down all that is there, in place of the log so far, or does so once a backup is written.",
	Complexity: "O(1); in the background O(n) for n trackers and the memory of their IDs", Since: "0.1.0", Reply: "that it has begun, or is scheduled",
	Run: run(bgRewriteAOF),
}

func bgRewriteAOF(c *session, _ [][]byte) error {
	log, err := c.kept()
	if err != nil {
		return err
	}
	switch err = log.BeginRewrite(); {
	case err == nil:
		c.SimpleString("Background append only file rewriting started")
	case !errors.Is(err, journal.ErrRewriting):
		return engine.Error("ERR the log is not rewritten: " + err.Error())
	case log.Status().Rewrite.Active:
		return errRewriting
	default:
		log.ScheduleRewrite()
		c.SimpleString("Background append only file rewriting scheduled")
	}
	return nil
}
