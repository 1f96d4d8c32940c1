package commands

import (
	"strconv"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
)

// DEBUG
var debugSpec = &engine.Spec{
	Name: "DEBUG", Arity: -2, Flags: []string{"admin", "loading"},
	Group: groupServer, Categories: []string{"admin", "dangerous"}, Summary: "Helps to test clients; refused unless --enable-debug-command allows it.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Subs: []*engine.Spec{debugSleepSpec}, Vague: true,
}

// DEBUG SLEEP seconds
var debugSleepSpec = &engine.Spec{
	Name: "DEBUG|SLEEP", Arity: 3, Flags: []string{"admin", "loading"},
	Long:  true,
	Group: groupServer, Summary: "Replies after so many seconds; other connections are not held up.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK",
	Args: []*engine.Arg{{Name: "seconds", Type: engine.Double}},
	Run:  run(debugSleep),
}

// maxSleep keeps a slip of the pen from holding a connection for ever.
const maxSleep = time.Hour

func debugSleep(c *session, args [][]byte) error {
	if !c.has(c.config.Debug) {
		return errDebug
	}
	seconds, err := strconv.ParseFloat(view(args[0]), 64)
	if err != nil || !(seconds >= 0 && seconds <= maxSleep.Seconds()) {
		return errSleep
	}
	alarm := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer alarm.Stop()
	err = errStopping
	c.Rest(func() {
		select {
		case <-alarm.C:
			err = nil
		case <-c.Ending():
		}
	})
	if err == nil {
		c.OK()
	}
	return err
}
