package commands

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// setting is what CONFIG knows of a setting, in the name that Redis has for
// it.
type setting struct {
	name string
	get  func(x *Commands) string
	// set reads a value and returns the change to make, or why not. It is nil
	// for what cannot be changed while the server runs.
	set func(value string) (change func(x *Commands), why string)
}

// settings are in the order of their names.
var settings = []setting{
	{"appendonly", fixed("no"), nil},
	{"databases", fixed("1"), nil},
	{"enable-debug-command", func(x *Commands) string { return string(cmp.Or(x.options.Debug, DebugNo)) }, nil},
	{"latency-monitor-threshold", func(x *Commands) string {
		return strconv.FormatInt(time.Duration(x.latency.threshold.Load()).Milliseconds(), 10)
	}, integer(0, maxInt64, func(x *Commands, n int64) {
		x.latency.threshold.Store(nanos(n, time.Millisecond))
	})},
	{"max-count", func(x *Commands) string { return strconv.Itoa(x.options.MaxCount) }, nil},
	{"maxclients", func(x *Commands) string { return strconv.Itoa(x.options.Server.MaxClients) }, nil},
	{"maxmemory", func(x *Commands) string { return strconv.FormatInt(x.registry.Budget().Limit(), 10) },
		func(value string) (func(*Commands), string) {
			n, err := tracker.ParseBytes(value)
			if err != nil {
				return nil, errConfigMemory
			}
			return func(x *Commands) { x.registry.Budget().SetLimit(n) }, ""
		}},
	{"maxmemory-policy", fixed("noeviction"), nil},
	{"notify-keyspace-events", fixed(""), nil},
	{"proto-max-bulk-len", func(x *Commands) string { return strconv.Itoa(x.options.Server.Limits.Bulk) }, nil},
	{"protected-mode", func(x *Commands) string { return yesNo(x.options.Server.Protected) }, nil},
	{"replica-read-only", fixed("yes"), nil},
	{"save", fixed(""), nil},
	{"slave-read-only", fixed("yes"), nil},
	{"slowlog-log-slower-than", func(x *Commands) string {
		return strconv.FormatInt(microsOrOff(x.slowlog.threshold.Load()), 10)
	}, integer(-1, maxInt64, func(x *Commands, n int64) {
		x.slowlog.threshold.Store(nanos(n, time.Microsecond))
	})},
	{"slowlog-max-len", func(x *Commands) string { return strconv.Itoa(x.slowlog.length()) },
		integer(0, maxSlowLen, func(x *Commands, n int64) { x.slowlog.setLength(int(n)) })},
	{"timeout", func(x *Commands) string { return strconv.Itoa(int(x.options.Server.Idle.Seconds())) }, nil},
}

// maxSlowLen keeps the slow log from being a way to fill the memory.
const maxSlowLen = 100_000

func settingNamed(name []byte) *setting {
	for i := range settings {
		if strings.EqualFold(settings[i].name, view(name)) {
			return &settings[i]
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func fixed(value string) func(*Commands) string { return func(*Commands) string { return value } }

func integer(lo, hi int64, set func(x *Commands, n int64)) func(string) (func(*Commands), string) {
	return func(value string) (func(*Commands), string) {
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil:
			return nil, errConfigInteger
		case n < lo || n > hi:
			return nil, "argument must be between " + strconv.FormatInt(lo, 10) + " and " + strconv.FormatInt(hi, 10) + " inclusive"
		}
		return func(x *Commands) { set(x, n) }, ""
	}
}

// nanos is n units in nanoseconds, or the most there can be.
func nanos(n int64, unit time.Duration) int64 { return min(n, maxInt64/int64(unit)) * int64(unit) }

func microsOrOff(nanos int64) int64 {
	if nanos < 0 {
		return -1
	}
	return time.Duration(nanos).Microseconds()
}
