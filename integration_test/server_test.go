package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	if output, code := run(t, binary, "--version"); code != 0 || !strings.Contains(output, "prefixtracker") {
		t.Errorf("--version exited with %d and printed %q", code, output)
	}
	output, code := run(t, binary, "--help")
	if code != 0 {
		t.Errorf("--help exited with %d", code)
	}
	for _, want := range []string{
		"--addr", "--default-max-id", "--max-count", "--log-level", "--log-format", "serve",
		"PT_ADDR", "PT_DEFAULT_MAX_ID", "PT_MAX_COUNT", "PT_LOG_LEVEL", "PT_LOG_FORMAT", "127.0.0.1:7171",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("--help lacks %s:\n%s", want, output)
		}
	}
}

// TestStartLineSaysHowToTry runs what the start-up line proposes in a shell.
func TestStartLineSaysHowToTry(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	try, _ := s.startLine["try"].(string)
	if !strings.HasPrefix(try, "redis-cli ") || !strings.Contains(try, s.port) {
		t.Fatalf("the start-up line proposes %q", try)
	}
	if output, code := run(t, "sh", "-c", try); code != 0 || strings.Contains(output, "ERR") || strings.TrimSpace(output) == "" {
		t.Errorf("%s exited with %d and printed %q", try, code, output)
	}
}

func TestServeIsTheDefault(t *testing.T) {
	t.Parallel()
	s := startServerCommand(t, exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--max-count", "3"))
	connect(t, s.addr).mustDo(t, "PT.CLAIMNEXT vec: COUNT 10", integers(0, 3))
}

func TestFlags(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t, "--default-max-id", "5", "--max-count", "3").addr)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10", integers(0, 3))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10", integers(3, 5))
	c.mustDo(t, "PT.CLAIMNEXT vec:", null2)
	c.mustDo(t, "PT.ADD add: 4 5 6", integer(1))
	c.mustDo(t, "PT.TAKENEXT vec: COUNT 10", integers(0, 3))
	c.mustDo(t, "PT.CREATE own: MAXID 10", simple("OK"))
	c.mustDo(t, "PT.ADD own: 9 10", integer(1))
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(binary, "--max-count", "2")
	cmd.Env = append(cmd.Environ(),
		"PT_ADDR=127.0.0.1:0", "PT_DEFAULT_MAX_ID=5", "PT_MAX_COUNT=4", "PT_LOG_LEVEL=info", "PT_LOG_FORMAT=json")
	c := connect(t, startServerCommand(t, cmd).addr)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10", integers(0, 2)) // a flag wins over its variable
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10 RANGE 4 10", integers(4, 5))
}

func TestLogFormats(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`127\.0\.0\.1:[1-9][0-9]*`)
	pretty := startProcess(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--log-format", "pretty"))
	eventually(t, "a start-up line for people", func() bool { return address.MatchString(pretty.log.String()) })
	if log := pretty.log.String(); strings.HasPrefix(log, "{") {
		t.Errorf("--log-format pretty starts with %s", log)
	}
	connect(t, address.FindString(pretty.log.String())).mustDo(t, "PING", simple("PONG"))

	// JSON also when a script asks for it on a terminal, and by itself on anything else.
	startServer(t, "--log-format", "json", "--log-level", "debug")
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	mustRefuse(t, exec.Command(binary, "--addr", s.addr), s.addr, "in use")
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
}

func TestRefusedFlagsAndValues(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for _, test := range []struct{ line, names string }{
		{"--no-such-flag", "no-such-flag"},
		{"serve --no-such-flag", "no-such-flag"},
		{"nosuchcommand", "nosuchcommand"},
		{"--addr nonsense", "addr"},
		{"--addr 127.0.0.1:99999", "addr"},
		{"--addr ''", "addr"},
		{"--default-max-id abc", "default-max-id"},
		{"--default-max-id -1", "default-max-id"},
		{"--default-max-id 281474976710657", "default-max-id"},
		{"--max-count abc", "max-count"},
		{"--max-count 0", "max-count"},
		{"--max-count -1", "max-count"},
		{"--log-level loud", "log-level"},
		{"--log-format xml", "log-format"},
	} {
		t.Run(test.line, func(t *testing.T) {
			t.Parallel()
			args := words(test.line)
			if !strings.Contains(test.line, "--addr") {
				// Should the bad value be taken after all, the server must not meet another one.
				args = append(args, "--addr", "127.0.0.1:0")
			}
			mustRefuse(t, exec.Command(binary, args...), test.names)
		})
	}
	for variable, flags := range map[string][]string{
		"PT_ADDR=nonsense":      nil,
		"PT_MAX_COUNT=abc":      {"--addr", "127.0.0.1:0"},
		"PT_DEFAULT_MAX_ID=-5":  {"--addr", "127.0.0.1:0"},
		"PT_LOG_LEVEL=loud":     {"--addr", "127.0.0.1:0"},
		"PT_LOG_FORMAT=unknown": {"--addr", "127.0.0.1:0"},
	} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			_, value, _ := strings.Cut(variable, "=")
			cmd := exec.Command(binary, flags...)
			cmd.Env = append(cmd.Environ(), variable)
			mustRefuse(t, cmd, value)
		})
	}
}

// mustRefuse wants the program to stop with an exit code other than 0 and one line on standard
// error that names what is wrong.
func mustRefuse(t *testing.T, cmd *exec.Cmd, names ...string) {
	t.Helper()
	p := startProcess(t, cmd)
	eventually(t, "exit", func() bool { return p.hasExited() || logLine(p.log.String(), "listening") != nil })
	if !p.hasExited() {
		t.Fatalf("%v runs:\n%s", cmd.Args[1:], p.log.String())
	}
	code, output := p.waitExit(t), p.log.String()
	if code == 0 {
		t.Errorf("%v exited with 0 and printed\n%s", cmd.Args[1:], output)
	}
	if strings.Count(strings.TrimSpace(output), "\n") != 0 || strings.TrimSpace(output) == "" {
		t.Errorf("%v printed more or less than one line:\n%s", cmd.Args[1:], output)
	}
	for _, name := range names {
		if !strings.Contains(output, name) {
			t.Errorf("%v does not name %q:\n%s", cmd.Args[1:], name, output)
		}
	}
}

// TestRunsAnywhere starts the server in an empty environment and a directory it may not write.
func TestRunsAnywhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "--addr", "127.0.0.1:0", "--dir", t.TempDir())
	cmd.Dir, cmd.Env = dir, []string{}
	connect(t, startServerCommand(t, cmd).addr).mustDo(t, "PT.CLAIMNEXT vec:", integer(0))
}
