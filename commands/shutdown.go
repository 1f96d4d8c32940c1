package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/engine"
)

var (
	optNoSave = &engine.Arg{Name: "nosave", Type: engine.PureToken, Token: "NOSAVE", Optional: true, Repeats: true}
	optSave   = &engine.Arg{Name: "save", Type: engine.PureToken, Token: "SAVE", Optional: true, Repeats: true}
	optNow    = &engine.Arg{Name: "now", Type: engine.PureToken, Token: "NOW", Optional: true, Repeats: true}
	optForce  = &engine.Arg{Name: "force", Type: engine.PureToken, Token: "FORCE", Optional: true, Repeats: true}
	optAbort  = &engine.Arg{Name: "abort", Type: engine.PureToken, Token: "ABORT", Optional: true, Repeats: true}
)

// SHUTDOWN [NOSAVE] [SAVE] [NOW] [FORCE] [ABORT]
var shutdownSpec = &engine.Spec{
	Name: "SHUTDOWN", Arity: -1, Flags: []string{"admin", "loading", "no_multi"},
	Group:      groupServer,
	Summary:    "Stops the server: every connection gets the replies to what it has sent. The log has all that was changed, with SAVE and with NOSAVE; SAVE writes a backup before, and without one the server goes on, unless FORCE is given. Who may: see --enable-protected-commands.",
	Complexity: "O(n) for n connections; with SAVE that of SAVE, too",
	Since:      "0.1.0",
	Args:       []*engine.Arg{optNoSave, optSave, optNow, optForce, optAbort},
	AsRedis:    true,
	Reply:      "none: the connection closes",
	Run:        run(shutdown),
}

func shutdown(c *session, args [][]byte) error {
	if !c.has(c.config.Protected) {
		return errShutdownProtected
	}
	o := c.Options
	var unsaved error
	switch {
	case o.Has(optAbort) && len(args) > 1, o.Has(optSave) && o.Has(optNoSave):
		return engine.ErrSyntax
	case o.Has(optAbort):
		return errNoShutdown
	case c.config.Shutdown == nil:
		return errNoShutdownHere
	case o.Has(optSave):
		if c.LeaveLoop() {
			return engine.ErrLater
		}
		if !c.saving.CompareAndSwap(false, true) {
			return errSavingLast // neither ends the backup of the other
		}
		unsaved = c.saveLast()
		c.saving.Store(false)
		if unsaved != nil && !o.Has(optForce) {
			return errUnsaved(unsaved)
		}
	}
	c.CloseAfterReply()
	c.config.Shutdown(unsaved)
	return nil
}

// saveLast writes the backup of a server that stops: what else is being written
// ends for it. One that is still reading what was kept has nothing to save, as in
// Redis.
func (c *session) saveLast() error {
	if c.Engine().Loads() {
		return nil
	}
	log, err := c.kept()
	if err != nil {
		return err
	}
	return c.backUpFirst(log)
}

// errUnsaved is the error for who wants no end without a backup.
func errUnsaved(why error) error {
	if errors.Is(why, errNotKept) {
		return why
	}
	return engine.Error("ERR Errors trying to SHUTDOWN. The backup was not written: " + why.Error())
}
