package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
)

var optSchedule = &engine.Arg{Name: "schedule", Type: engine.PureToken, Token: "SCHEDULE", Optional: true}

// BGSAVE [SCHEDULE]
var bgSaveSpec = &engine.Spec{
	Name: "BGSAVE", Arity: -1, Flags: []string{"admin"},
	Group: groupServer, Summary: "Begins to write a backup, the file --dbfilename. With SCHEDULE it begins once the log is not being rewritten.",
	Complexity: "O(1); in the background as SAVE", Since: "0.1.0", Reply: "that it has begun, or is scheduled",
	Args: []*engine.Arg{optSchedule}, AsRedis: true,
	Run: run(bgSave),
}

func bgSave(c *session, _ [][]byte) error {
	log, err := c.kept()
	if err != nil {
		return err
	}
	switch err = log.BeginBackup(c.config.Backup); {
	case err == nil:
		c.SimpleString("Background saving started")
	case errors.Is(err, journal.ErrRewriting) && c.Options.Has(optSchedule) && !log.Status().Backup.Active:
		if err := log.ScheduleBackup(c.config.Backup); err != nil {
			return errNotBegun(log, "the backup was not begun", err)
		}
		c.SimpleString("Background saving scheduled")
	default:
		return errNotBegun(log, "the backup was not begun", err)
	}
	return nil
}
