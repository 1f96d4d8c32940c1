package resp

import (
	"testing"
	"time"
)

// The patience with a client, state by state: until when, and what it is refused for then.
func TestPatience(t *testing.T) {
	const at = 100 * time.Second // of the state's own clocks
	all := Config{Idle: 300 * time.Second, Command: 30 * time.Second, Write: 20 * time.Second}
	with := func(change func(*Config)) Config {
		c := all
		change(&c)
		return c
	}
	long := Config{Command: forever - at - time.Second}
	noCommand := with(func(c *Config) { c.Command = 0 })
	shortIdle := with(func(c *Config) { c.Idle = 2 * time.Second })
	longest := Config{Idle: forever, Command: forever, Write: forever}
	for name, test := range map[string]struct {
		config Config
		is     standing
		until  time.Duration
		why    refusal
	}{
		"silent":               {all, standing{active: at}, at + 300*time.Second, refusedIdle},
		"silent, no limits":    {Config{}, standing{active: at}, forever, noRefusal},
		"silent, no idle":      {Config{Command: time.Second, Write: time.Second}, standing{active: at}, forever, noRefusal},
		"stranger":             {all, standing{active: at + 5, stranger: true, since: at}, at + 30*time.Second, refusedSlowCommand},
		"stranger, no command": {noCommand, standing{active: at, stranger: true, since: 1}, at + 300*time.Second, refusedIdle},
		"stranger, short idle": {shortIdle, standing{active: at, stranger: true, since: at}, at + 2*time.Second, refusedIdle},
		"stranger, no limits":  {Config{}, standing{active: at, stranger: true, since: at}, forever, noRefusal},
		"no stranger any more": {all, standing{active: at, since: 1}, at + 300*time.Second, refusedIdle},
		"half": {all, standing{active: at + time.Second, half: true, underWay: underWay{at, 65535}},
			at + 30*time.Second, refusedSlowCommand},
		"half, long": {all, standing{active: at + 40*time.Second, half: true, underWay: underWay{at, 10<<16 + 5}},
			at + 40*time.Second, refusedSlowCommand},
		"half, silent": {shortIdle, standing{active: at + 5*time.Second, half: true, underWay: underWay{at, 5}},
			at + 7*time.Second, refusedIdle},
		"half, no command": {noCommand, standing{active: at, half: true, underWay: underWay{1, 1 << 20}}, at + 300*time.Second, refusedIdle},
		"half, no limits":  {Config{}, standing{active: at, half: true, underWay: underWay{1, 1 << 20}}, forever, noRefusal},
		"whole":            {all, standing{active: at, underWay: underWay{1, 0}}, at + 300*time.Second, refusedIdle},
		"half, stranger": {all, standing{active: at, stranger: true, since: at - 7*time.Second, half: true, underWay: underWay{at, 5 << 16}},
			at + 23*time.Second, refusedSlowCommand},
		"longest limits": {longest, standing{active: at, stranger: true, since: at, half: true, underWay: underWay{at, 5 << 16}},
			forever, noRefusal},
		"longest limits, at the start": {longest, standing{stranger: true}, forever, noRefusal},
		"longest limits, one is not": {Config{Idle: time.Second, Command: forever}, standing{active: at, stranger: true, since: at},
			at + time.Second, refusedIdle},
		"unread":            {all, standing{active: at, unread: true}, at + 20*time.Second, refusedSlowReader},
		"unread, and else":  {shortIdle, standing{active: at, unread: true, stranger: true, half: true, ending: true, endsAt: 1}, at + 20*time.Second, refusedSlowReader},
		"unread, no write":  {with(func(c *Config) { c.Write = 0 }), standing{active: at, unread: true, stranger: true}, forever, noRefusal},
		"ending":            {all, standing{active: 1, stranger: true, half: true, ending: true, endsAt: at + lastWords}, at + lastWords, noRefusal},
		"ending, a stop":    {all, standing{active: 1, ending: true, endsAt: forever}, forever, noRefusal},
		"silent, longest":   {longest, standing{active: at}, forever, noRefusal},
		"stranger, longest": {longest, standing{active: at, stranger: true, since: at}, forever, noRefusal},
		"half, longest":     {longest, standing{active: at, half: true, underWay: underWay{at, 1 << 30}}, forever, noRefusal},
		"half, long enough": {long, standing{active: at, half: true, underWay: underWay{at, 5}}, forever - time.Second, refusedSlowCommand},
		"half, too long":    {long, standing{active: at, half: true, underWay: underWay{at, 1 << 20}}, forever, noRefusal},
		"unread, longest":   {longest, standing{active: at, unread: true}, forever, noRefusal},
		"ending, no limits": {Config{}, standing{active: 1, ending: true, endsAt: at + lastWords}, at + lastWords, noRefusal},
	} {
		if until, why := test.config.patience(test.is); until != test.until || why != test.why {
			t.Errorf("%s: until %v for %d, want until %v for %d", name, until, why, test.until, test.why)
		}
	}
}

// The account of a command under way begins with its first bytes, and goes on while nothing of the
// batch was whole.
func TestUnderWay(t *testing.T) {
	var u underWay
	for i, step := range []struct {
		pending, half, progress bool
		bytes                   int
		want                    underWay
	}{
		{true, false, false, 100, underWay{1, 100}},  // a command begins
		{true, true, false, 1000, underWay{1, 1100}}, // goes on
		{true, true, true, 50, underWay{3, 50}},      // ends, and another begins
		{true, true, false, 5, underWay{3, 55}},      // which goes on
		{false, true, true, 7, underWay{3, 0}},       // and ends
		{true, false, true, 9, underWay{6, 9}},       // whole ones come, and a part of another
	} {
		u.account(step.pending, step.half, step.progress, step.bytes, time.Duration(i+1))
		if u != step.want {
			t.Errorf("step %d: %+v, want %+v", i+1, u, step.want)
		}
	}
}
