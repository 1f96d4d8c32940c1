package cli

import (
	"io/fs"
	"math"
	"strconv"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// group is settings that are about the same.
type group struct {
	about string
	rows  []row
}

// groups are all settings, in the order of --help and of the documents.
func groups() []group {
	return []group{
		{"The file of settings", []row{configRow()}},
		{"Address, prefixes and their memory", trackerRows()},
		{"What is kept", persistenceRows()},
		{"Who may use it, and from where", accessRows()},
		{"The store beside it", syncRows()},
		{"What is shown over HTTP", webRows()},
		{"Clients", clientRows()},
		{"Limits of commands", limitRows()},
		{"Operation", operatorRows()},
		{"What is always so", fixedRows()},
	}
}

// rows are the settings of all groups.
func rows() []row {
	var all []row
	for _, g := range groups() {
		all = append(all, g.rows...)
	}
	return all
}

func trackerRows() []row {
	return []row{{
		flag: "addr", byDefault: "127.0.0.1:7171",
		usage: "where to listen",
		value: in(address(), func(c *config) *string { return &c.addr }),
	}, {
		flag: "default-max-id", byDefault: "0",
		usage: "bound (exclusive) of prefixes made without MAXID; 0 is unbounded",
		value: in(number[uint64]("", 0, tracker.Limit), func(c *config) *uint64 { return &c.trackers.MaxID }),
		redis: shown("default-max-id", func(c *config) string { return strconv.FormatUint(c.trackers.MaxID, 10) }),
	}, {
		flag: "max-count", byDefault: "65536",
		usage: "the most that COUNT can ask for",
		value: in(number[int]("", 1, math.MaxInt), func(c *config) *int { return &c.maxCount }),
		redis: shown("max-count", func(c *config) string { return strconv.Itoa(c.maxCount) }),
	}, {
		flag: "max-memory", byDefaultText: "three quarters of the container's or machine's, less in a small one",
		usage: "memory for trackers, such as 64mb or 2gb; a command that needs more is refused with -OOM; 0 is without limit",
		value: in(byteSize[int64](0, math.MaxInt64), func(c *config) *int64 { return &c.memory }),
		redis: protected(changeable("maxmemory", plainByteSize[int64](),
			func(r *running) int64 { return r.budget.Limit() },
			func(r *running, n int64) {
				r.budget.SetLimit(n)
				limitCollector(r.machine, n, r.config.server.QueryMemory)
			})),
	}}
}

func accessRows() []row {
	file := func(field func(*config) *string) place { return in(word("FILE", "the name of a file"), field) }
	return []row{{
		flag:  "requirepass",
		usage: "password of the one user, default; as a flag other users of the machine can see it, so prefer --requirepass-file",
		// An empty one is a variable of a script that was not set, and no password.
		value: in(password(), func(c *config) *string { return &c.password }),
	}, {
		flag:  "requirepass-file",
		usage: "file with the password, read again on SIGHUP",
		value: file(func(c *config) *string { return &c.passwordFile }),
	}, {
		flag: "protected-mode", byDefault: writeYesNo(resp.DefaultConfig().Protected),
		usage: "without a password, accept connections over loopback and Unix sockets only",
		value: in(yesNo(), func(c *config) *bool { return &c.server.Protected }),
		redis: shown("protected-mode", func(c *config) string { return writeYesNo(c.server.Protected) }),
	}, {
		flag:  "tls-addr",
		usage: "where to listen for TLS (1.2 or later), beside the plain address",
		value: in(address(), func(c *config) *string { return &c.tls.addr }),
	}, {
		flag:  "tls-cert",
		usage: "the server's certificate (PEM), read again on SIGHUP",
		value: file(func(c *config) *string { return &c.tls.cert }),
	}, {
		flag:  "tls-key",
		usage: "its key (PEM), read again on SIGHUP",
		value: file(func(c *config) *string { return &c.tls.key }),
	}, {
		flag:  "tls-ca",
		usage: "the authorities of clients' certificates (PEM), read again on SIGHUP",
		value: file(func(c *config) *string { return &c.tls.ca }),
	}, {
		flag: "tls-auth-clients", byDefaultText: "yes with --tls-ca, else no",
		usage: "ask clients for certificates",
		value: in(oneOf(resp.ClientsNone, resp.ClientsOptional, resp.ClientsRequired),
			func(c *config) *resp.ClientCertificates { return &c.tls.clients }),
	}, {
		flag:  "unix-socket",
		usage: "a Unix socket to listen on, too",
		value: in(word("PATH", "the path of a socket"), func(c *config) *string { return &c.unixSocket }),
	}, {
		flag: "unix-socket-mode", byDefault: "0700",
		usage: "permissions of the Unix socket, in octal",
		value: in(permissions(), func(c *config) *fs.FileMode { return &c.unixSocketMode }),
	}}
}

func clientRows() []row {
	defaults := resp.DefaultConfig()
	count := number[int]("", 0, math.MaxInt)
	return []row{{
		flag: "max-clients", byDefaultText: "10000, less on a machine or in a container of less than 1300 MB: one for each 128 KiB",
		usage: "clients at once; 0 is any number",
		value: in(count, func(c *config) *int { return &c.server.MaxClients }),
		redis: shown("maxclients", func(c *config) string { return strconv.Itoa(c.server.MaxClients) }),
	}, {
		flag: "max-clients-per-address", byDefault: strconv.Itoa(defaults.MaxPerAddress),
		usage: "clients at once from one address (of IPv6: a /64); 0 is any number",
		value: in(count, func(c *config) *int { return &c.server.MaxPerAddress }),
	}, {
		flag: "idle-timeout", byDefault: defaults.Idle.String(),
		usage: "how long a client may send nothing; 0 is never",
		value: in(duration(), func(c *config) *time.Duration { return &c.server.Idle }),
		redis: shown("timeout", func(c *config) string { return wholeSeconds(c.server.Idle) }),
	}, {
		flag: "command-timeout", byDefault: defaults.Command.String(),
		usage: "how long a command may take to arrive whole, and a client to authenticate",
		value: in(duration(), func(c *config) *time.Duration { return &c.server.Command }),
	}, {
		flag: "write-timeout", byDefault: defaults.Write.String(),
		usage: "how long a client may leave replies unread",
		value: in(duration(), func(c *config) *time.Duration { return &c.server.Write }),
	}, {
		flag: "shutdown-timeout", byDefault: "8s", // Docker kills after 10
		usage: "how long commands in flight may take after SIGTERM (Docker kills after 10s)",
		value: in(duration(), func(c *config) *time.Duration { return &c.shutdown }),
	}}
}

// With less than these not even the name of a command would be let in.
const (
	leastBulk    = 32
	leastCommand = 64
)

func limitRows() []row {
	defaults := resp.DefaultConfig()
	return []row{{
		flag: "max-arguments", byDefault: strconv.Itoa(defaults.Limits.Args),
		usage: "the most arguments of a command; 10 before AUTH",
		value: in(number[int]("", 1, resp.MaxArgs), func(c *config) *int { return &c.server.Limits.Args }),
	}, {
		flag: "max-bulk", byDefault: bytesText(int64(defaults.Limits.Bulk)),
		usage: "the longest argument; 16kb before AUTH",
		value: in(byteSize[int](leastBulk, resp.MaxBulk), func(c *config) *int { return &c.server.Limits.Bulk }),
		redis: shown("proto-max-bulk-len", func(c *config) string { return strconv.Itoa(c.server.Limits.Bulk) }),
	}, {
		flag: "max-command", byDefault: bytesText(int64(defaults.Limits.Command)),
		usage: "the longest command",
		value: in(byteSize[int](leastCommand, resp.MaxCommand), func(c *config) *int { return &c.server.Limits.Command }),
	}, {
		flag: "max-inline", byDefault: bytesText(int64(defaults.Limits.Inline)),
		usage: "the longest inline command",
		value: in(byteSize[int](resp.MinInline, resp.MaxInline), func(c *config) *int { return &c.server.Limits.Inline }),
	}, {
		flag: "max-query-memory", byDefaultText: "an eighth of the container's or machine's, 256mb at most",
		usage: "commands under way may hold so much, those of all clients together; 0 is without limit",
		value: in(byteSize[int64](0, math.MaxInt64), func(c *config) *int64 { return &c.server.QueryMemory }),
	}}
}

func operatorRows() []row {
	slow, latency := engine.NewSlowLog(), engine.NewLatency()
	micros := ticks(time.Microsecond, "microseconds", -1)
	millis := ticks(time.Millisecond, "milliseconds", 0)
	length := number[int]("commands", 0, engine.MaxSlowLen)
	return []row{{
		flag: "listener", byDefault: listenerAuto,
		usage: "who serves plain TCP: event loops (on Linux), redcon (a goroutine per connection), or loops where they are there",
		value: in(oneOf(listenerLoop, listenerRedcon, listenerAuto), func(c *config) *string { return &c.listener }),
	}, {
		flag: "loops", byDefault: "0",
		usage: "event loops; 0 is one for two cores",
		value: in(number[int]("", 0, maxLoops), func(c *config) *int { return &c.loops }),
	}, {
		flag: "enable-debug-command", byDefault: string(commands.AccessNo),
		usage: "who may use DEBUG: nobody, connections over loopback or a Unix socket, or all",
		value: in(oneOf(commands.AccessNo, commands.AccessLocal, commands.AccessYes),
			func(c *config) *commands.Access { return &c.debug }),
		redis: shown("enable-debug-command", func(c *config) string { return string(c.debug) }),
	}, {
		flag: "enable-protected-commands", byDefault: string(commands.AccessAuto),
		usage: "who may use SHUTDOWN and CONFIG SET maxmemory: nobody, connections over loopback or a Unix socket, or all; auto is all with a password, else local",
		value: in(oneOf(commands.AccessNo, commands.AccessLocal, commands.AccessYes, commands.AccessAuto),
			func(c *config) *commands.Access { return &c.protected }),
		redis: shown("enable-protected-commands", func(c *config) string { return string(c.protected) }),
	}, {
		flag: "slowlog-log-slower-than", byDefault: micros.write(slow.Threshold()),
		usage: "the slow log has commands that take so long; -1 is never",
		value: in(micros, func(c *config) *time.Duration { return &c.slowThreshold }),
		redis: changeable("slowlog-log-slower-than", oneWay(micros),
			func(r *running) time.Duration { return r.slowLog.Threshold() },
			func(r *running, d time.Duration) { r.slowLog.SetThreshold(d) }),
	}, {
		flag: "slowlog-max-len", byDefault: length.write(slow.Length()),
		usage: "how many commands the slow log keeps",
		value: in(length, func(c *config) *int { return &c.slowLength }),
		redis: changeable("slowlog-max-len", oneWay(length),
			func(r *running) int { return r.slowLog.Length() },
			func(r *running, n int) { r.slowLog.SetLength(n) }),
	}, {
		flag: "latency-monitor-threshold", byDefault: millis.write(latency.Threshold()),
		usage: "LATENCY LATEST has commands that take so long; 0 is never",
		value: in(millis, func(c *config) *time.Duration { return &c.latencyThreshold }),
		redis: changeable("latency-monitor-threshold", oneWay(millis),
			func(r *running) time.Duration { return r.latency.Threshold() },
			func(r *running, d time.Duration) { r.latency.SetThreshold(d) }),
	}, {
		flag: "log-level", byDefault: "info",
		usage: "what is logged, and all that is worse",
		value: in(logLevel(), func(c *config) *zerolog.Level { return &c.logLevel }),
	}, {
		flag: "log-format", byDefaultText: "pretty on a terminal, else json",
		usage: "of the log, for people or for programs",
		value: in(oneOf(logPretty, logJSON), func(c *config) *string { return &c.logFormat }),
	}}
}

// fixedRows are what clients of Redis ask for and this server has no choice in.
func fixedRows() []row {
	return []row{
		{redis: always("databases", "1")},
		{redis: always("maxmemory-policy", "noeviction")},
		{redis: always("notify-keyspace-events", "")},
		{redis: always("replica-read-only", "yes")},
		{redis: always("slave-read-only", "yes")},
	}
}
