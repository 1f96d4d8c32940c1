package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/urfave/cli/v2"
)

// flags are the server's, with the environment variables that set them.
func flags() []cli.Flag {
	limits, defaults := resp.DefaultLimits(), resp.DefaultConfig()
	text := func(name, value, usage string) cli.Flag {
		return &cli.StringFlag{Name: name, Value: value, Usage: usage, EnvVars: variable(name)}
	}
	number := func(name string, value int, usage string) cli.Flag {
		return &cli.IntFlag{Name: name, Value: value, Usage: usage, EnvVars: variable(name)}
	}
	duration := func(name string, value time.Duration, usage string) cli.Flag {
		return &cli.DurationFlag{Name: name, Value: value, Usage: usage, EnvVars: variable(name)}
	}
	return []cli.Flag{
		text("addr", "127.0.0.1:7171", "listen on `HOST:PORT`"),
		&cli.Uint64Flag{Name: "default-max-id", Usage: "bound (exclusive) of prefixes made without MAXID; 0 is unbounded", EnvVars: variable("default-max-id")},
		number("max-count", 65536, "largest `N` that COUNT can ask for"),
		text("max-memory", "", "`BYTES` for trackers, such as 64mb or 2gb (default: three quarters of the container's or machine's)"),

		text("requirepass", "", "`PASSWORD` that clients must give; other users of the machine can see it here, so prefer --requirepass-file"),
		text("requirepass-file", "", "`FILE` with the password, read again on SIGHUP"),
		&cli.BoolFlag{Name: "protected-mode", Value: true, Usage: "without a password, accept clients of this machine only", EnvVars: variable("protected-mode")},
		text("tls-addr", "", "listen for TLS on `HOST:PORT`"),
		text("tls-cert", "", "`FILE` with the server's certificate (PEM), read again on SIGHUP"),
		text("tls-key", "", "`FILE` with its key (PEM)"),
		text("tls-ca", "", "`FILE` with the authorities of clients' certificates (PEM)"),
		text("tls-auth-clients", "", "ask clients for certificates: no, optional or yes (default: yes with --tls-ca)"),
		text("unix-socket", "", "listen on a Unix socket at `PATH`"),
		text("unix-socket-mode", "0700", "permissions of the Unix socket, in octal"),

		number("max-clients", defaults.MaxClients, "clients at once; 0 is any number"),
		number("max-clients-per-address", 0, "clients at once from one address; 0 is any number"),
		duration("idle-timeout", 0, "close connections that send nothing for so long; 0 never"),
		duration("command-timeout", defaults.Command, "for a command to arrive whole, and for a client to authenticate"),
		duration("write-timeout", defaults.Write, "for a client to read replies"),
		duration("shutdown-timeout", 8*time.Second, "for commands in flight after SIGTERM"), // Docker kills after 10
		number("max-arguments", limits.Args, "arguments of a command"),
		text("max-bulk", bytesText(limits.Bulk), "`BYTES` of an argument"),
		text("max-command", bytesText(limits.Command), "`BYTES` of a command"),
		text("max-inline", bytesText(limits.Inline), "`BYTES` of an inline command"),
		text("max-query-memory", bytesText(int(defaults.QueryMemory)), "`BYTES` of commands under way, those of all clients together"),

		text("listener", "auto", "who serves plain TCP: loop (event loops, on Linux), redcon (a goroutine per connection), or auto: loop where it is there"),
		number("loops", 0, "event loops; 0 is one for two cores"),
		text("enable-debug-command", "no", "allow DEBUG to `WHO`: no, local (connections from this machine) or yes"),
		text("log-level", "info", "debug, info, warn or error"),
		text("log-format", "", "pretty or json (default: pretty on a terminal, else json)"),
	}
}

func variable(flag string) []string {
	return []string{"PT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))}
}

func bytesText(n int) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%dmb", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%dkb", n>>10)
	default:
		return strconv.Itoa(n)
	}
}

// settings reads flags that may stand before or behind "serve".
type settings struct{ *cli.Context }

func (s settings) of(name string) *cli.Context {
	for _, c := range s.Lineage() {
		if slices.Contains(c.LocalFlagNames(), name) {
			return c
		}
	}
	return s.Context
}

func (s settings) String(name string) string          { return s.of(name).String(name) }
func (s settings) Bool(name string) bool              { return s.of(name).Bool(name) }
func (s settings) Int(name string) int                { return s.of(name).Int(name) }
func (s settings) Uint64(name string) uint64          { return s.of(name).Uint64(name) }
func (s settings) Duration(name string) time.Duration { return s.of(name).Duration(name) }

// invalid is the error for a flag's value.
func (s settings) invalid(name, must string) error {
	return fmt.Errorf("invalid value %q for --%s: must be %s", fmt.Sprint(s.of(name).Value(name)), name, must)
}

// check returns the first flag that cannot be as it is.
func (s settings) check() error {
	if s.Args().Present() {
		return fmt.Errorf("unknown command %q: see prefixtracker --help", s.Args().First())
	}
	for _, name := range []string{"idle-timeout", "command-timeout", "write-timeout", "shutdown-timeout"} {
		if s.Duration(name) < 0 {
			return s.invalid(name, "a duration such as 30s, or 0")
		}
	}
	for _, name := range []string{"max-clients", "max-clients-per-address", "loops"} {
		if s.Int(name) < 0 {
			return s.invalid(name, "0 or more")
		}
	}
	for _, name := range []string{"max-count", "max-arguments"} {
		if s.Int(name) < 1 {
			return s.invalid(name, "at least 1")
		}
	}
	switch {
	case s.String("addr") == "":
		return s.invalid("addr", "HOST:PORT, such as 127.0.0.1:7171")
	case s.Uint64("default-max-id") > tracker.Limit:
		return s.invalid("default-max-id", fmt.Sprintf("0 to %d", uint64(tracker.Limit)))
	case !slices.Contains([]string{"auto", "loop", "redcon"}, s.String("listener")):
		return s.invalid("listener", "auto, loop or redcon")
	case s.String("listener") == "loop" && resp.DefaultLoops() == 0:
		return fmt.Errorf("--listener loop: there are event loops on Linux only")
	case !slices.Contains([]string{"no", "local", "yes"}, s.String("enable-debug-command")):
		return s.invalid("enable-debug-command", "no, local or yes")
	case s.String("requirepass") != "" && s.String("requirepass-file") != "":
		return fmt.Errorf("--requirepass and --requirepass-file exclude each other")
	case (s.String("tls-cert") == "") != (s.String("tls-addr") == "") || (s.String("tls-key") == "") != (s.String("tls-addr") == ""):
		return fmt.Errorf("--tls-addr, --tls-cert and --tls-key need each other")
	}
	return nil
}

// bytes reads a flag that is an amount of memory.
func (s settings) bytes(name string) (int64, error) {
	n, err := tracker.ParseBytes(s.String(name))
	if err != nil {
		return 0, s.invalid(name, "a number of bytes, such as 1048576, 64mb or 2gb")
	}
	return n, nil
}

// server is how the server is to treat its clients.
func (s settings) server() (resp.Config, error) {
	config := resp.DefaultConfig()
	sizes := map[string]*int{"max-bulk": &config.Limits.Bulk, "max-command": &config.Limits.Command, "max-inline": &config.Limits.Inline}
	for name, field := range sizes {
		n, err := s.bytes(name)
		if err != nil {
			return config, err
		}
		*field = int(n)
	}
	var err error
	if config.QueryMemory, err = s.bytes("max-query-memory"); err != nil {
		return config, err
	}
	config.Limits.Args = s.Int("max-arguments")
	switch {
	case s.String("listener") == "redcon":
		config.Loops = 0
	case s.Int("loops") > 0 && config.Loops > 0:
		config.Loops = s.Int("loops")
	}
	config.MaxClients = s.Int("max-clients")
	config.MaxPerAddress = s.Int("max-clients-per-address")
	config.Idle = s.Duration("idle-timeout")
	config.Command = s.Duration("command-timeout")
	config.Write = s.Duration("write-timeout")
	config.Protected = s.Bool("protected-mode")
	config.Password, err = s.password()
	return config, err
}

// password returns what clients must give, "" for nothing.
func (s settings) password() (string, error) {
	file := s.String("requirepass-file")
	if file == "" {
		return s.String("requirepass"), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" {
		return "", fmt.Errorf("password: %s is empty", file)
	}
	return password, nil
}

// certificates are TLS's files, loaded; nil without TLS.
func (s settings) certificates() (*resp.Certificates, error) {
	if s.String("tls-addr") == "" {
		return nil, nil
	}
	c := &resp.Certificates{Cert: s.String("tls-cert"), Key: s.String("tls-key"), CA: s.String("tls-ca"),
		Clients: resp.ClientCertificates(s.String("tls-auth-clients"))}
	switch {
	case c.Clients == "" && c.CA != "":
		c.Clients = resp.ClientsRequired
	case c.Clients == "":
		c.Clients = resp.ClientsNone
	case c.Clients != resp.ClientsNone && c.Clients != resp.ClientsOptional && c.Clients != resp.ClientsRequired:
		return nil, s.invalid("tls-auth-clients", "no, optional or yes")
	}
	if c.Clients != resp.ClientsNone && c.CA == "" {
		return nil, fmt.Errorf("--tls-auth-clients %s needs --tls-ca", c.Clients)
	}
	return c, c.Load()
}

// socketMode is the permissions of the Unix socket.
func (s settings) socketMode() (fs.FileMode, error) {
	n, err := strconv.ParseUint(s.String("unix-socket-mode"), 8, 32)
	if err != nil || n > 0o777 {
		return 0, s.invalid("unix-socket-mode", "octal permissions, such as 0770")
	}
	return fs.FileMode(n), nil
}

// memory is the bytes that trackers may use, 0 for any number, and those that
// the machine or the container has, 0 for unknown.
func (s settings) memory() (trackers, machine int64, err error) {
	machine = availableMemory()
	if s.String("max-memory") == "" {
		return machine / 4 * 3, machine, nil
	}
	trackers, err = s.bytes("max-memory")
	return trackers, machine, err
}

// debug says who may use DEBUG.
func (s settings) debug() commands.DebugAccess {
	return commands.DebugAccess(s.String("enable-debug-command"))
}
