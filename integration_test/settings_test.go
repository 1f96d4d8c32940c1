package integration_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVersionsAgree builds the program in the ways there are.
func TestVersionsAgree(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "make", "make")
	dir := t.TempDir()
	plain, made := filepath.Join(dir, "plain"), filepath.Join(dir, "made")
	if output, code := runCommand(t, inRepository("go", "build", "-o", plain)); code != 0 {
		t.Fatalf("go build: %s", output)
	}
	if output, code := runCommand(t, inRepository("make", "build", "BINARY="+made)); code != 0 {
		t.Fatalf("make build: %s", output)
	}
	want, code := run(t, plain, "version")
	if code != 0 || !versionLine.MatchString(want) {
		t.Errorf("version exited with %d and printed %q", code, want)
	}
	for name, cmd := range map[string]*exec.Cmd{
		"version of the program under test": exec.Command(binary, "version"),
		"make build && version":             exec.Command(made, "version"),
		"--version":                         exec.Command(plain, "--version"),
	} {
		if output, code := runCommand(t, cmd); code != 0 || output != want {
			t.Errorf("%s exited with %d and printed %q, want %q", name, code, output, want)
		}
	}
	// What is built to be run at once does not look at the repository.
	want = versionLine.ReplaceAllString(want, "$1$3\n")
	if output, code := runCommand(t, inRepository("go", "run", ".", "version")); code != 0 || output != want {
		t.Errorf("go run . version exited with %d and printed %q, want %q", code, output, want)
	}
}

var versionLine = regexp.MustCompile(`^(prefixtracker version [^ \n]+ \()(commit [0-9a-f]{12}(?: with changes)?, )?(go[^ ]+, [a-z0-9]+/[a-z0-9]+\))\n$`)

// A release says its version when it links.
func TestVersionOfARelease(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	path := filepath.Join(t.TempDir(), "release")
	build := inRepository("go", "build", "-ldflags", "-X github.com/prefixtracker/prefixtracker/cli.Version=7.8.9", "-o", path)
	if output, code := runCommand(t, build); code != 0 {
		t.Fatalf("go build: %s", output)
	}
	if output, code := run(t, path, "version"); code != 0 || !strings.HasPrefix(output, "prefixtracker version 7.8.9 (") {
		t.Errorf("version exited with %d and printed %q", code, output)
	}
}

func inRepository(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = ".."
	return cmd
}

func TestHelpOfCommands(t *testing.T) {
	t.Parallel()
	whole, _ := run(t, binary, "--help")
	if output, code := run(t, binary, "help"); code != 0 || output != whole {
		t.Errorf("help exited with %d and printed\n%s\nwant what --help prints", code, output)
	}
	for _, line := range []string{"help serve", "serve --help", "help version", "version --help", "help help"} {
		if output, code := run(t, binary, words(line)...); code != 0 || !strings.Contains(output, "USAGE:") {
			t.Errorf("%s exited with %d and printed\n%s", line, code, output)
		}
	}
}

// TestRefusedWithWhatWouldDo wants whole lines, told by what was given: a flag or a variable.
func TestRefusedWithWhatWouldDo(t *testing.T) {
	t.Parallel()
	const (
		duration = ": must be a duration such as 10s"
		yesNo    = ": must be yes or no"
	)
	for _, test := range []struct{ variable, line, want string }{
		{"", "--idle-timeout 10", `invalid value "10" for --idle-timeout` + duration},
		{"PT_IDLE_TIMEOUT=10", "", `invalid value "10" for PT_IDLE_TIMEOUT` + duration},
		{"PT_IDLE_TIMEOUT=10", "--idle-timeout 11", `invalid value "11" for --idle-timeout` + duration},
		{"", "--idle-timeout=", `invalid value "" for --idle-timeout` + duration},
		{"", "--protected-mode maybe", `invalid value "maybe" for --protected-mode` + yesNo},
		{"", "serve --protected-mode=2", `invalid value "2" for --protected-mode` + yesNo},
		{"PT_PROTECTED_MODE=maybe", "serve", `invalid value "maybe" for PT_PROTECTED_MODE` + yesNo},
		{"", "--max-memory 1tb", `invalid value "1tb" for --max-memory: must be a number of bytes, such as 1048576, 64mb or 2gb`},
		{"", "--max-count=0", `invalid value "0" for --max-count: must be a whole number, 1 or more`},
		{"", "--addr nonsense", `invalid value "nonsense" for --addr: must be HOST:PORT, such as 127.0.0.1:7171`},
		{"", "--requirepass-file=", `invalid value "" for --requirepass-file: must be the name of a file`},
		{"", "nosuch", `unknown command "nosuch": see prefixtracker --help`},
		{"", "serve nosuch", `unknown command "nosuch": see prefixtracker --help`},
		{"", "help nosuch", `unknown command "nosuch": see prefixtracker --help`},
		{"", "--help nosuch", "No help topic for 'nosuch'"},
		{"", "version nosuch", `unknown command "nosuch": see prefixtracker --help`},
		{"", "--requirepass x --requirepass-file y", "--requirepass and --requirepass-file exclude each other"},
		{"PT_TLS_CERT=c.pem", "", "--tls-addr, --tls-cert and --tls-key need each other"},
	} {
		t.Run(test.variable+" "+test.line, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(binary, words(test.line)...)
			cmd.Env = append(cmd.Environ(), "PT_ADDR=127.0.0.1:0")
			if test.variable != "" {
				cmd.Env = append(cmd.Env, test.variable)
			}
			p := startProcess(t, cmd)
			eventually(t, "exit", func() bool { return p.hasExited() || logLine(p.log.String(), "listening") != nil })
			if !p.hasExited() {
				t.Fatal("it runs")
			}
			if code, output := p.waitExit(t), p.log.String(); code != 1 || output != "prefixtracker: "+test.want+"\n" {
				t.Errorf("exited with %d and printed\n%s\nwant\n%s", code, output, test.want)
			}
		})
	}
}

// TestSettingsAreSeen gives settings in all ways and asks CONFIG GET.
func TestSettingsAreSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ variable, line, setting, want string }{
		{"", "", "protected-mode", "yes"},
		{"", "--protected-mode=no", "protected-mode", "no"},
		{"", "--protected-mode No", "protected-mode", "no"},
		{"", "--protected-mode false serve", "protected-mode", "no"},
		{"", "serve --protected-mode off --max-count 3", "protected-mode", "no"},
		{"", "--protected-mode=no serve --protected-mode", "protected-mode", "yes"},
		{"PT_PROTECTED_MODE=OFF", "", "protected-mode", "no"},
		{"PT_PROTECTED_MODE=0", "--protected-mode", "protected-mode", "yes"},
		{"PT_PROTECTED_MODE=", "", "protected-mode", "yes"},
		{"PT_PROTECTED_MODE=maybe", "--protected-mode=on", "protected-mode", "yes"},
		{"PT_IDLE_TIMEOUT=2m", "", "timeout", "120"},
		{"PT_MAX_COUNT=4", "--max-count 5 serve --max-count 6", "max-count", "6"},
		{"", "--max-memory 64mb", "maxmemory", "67108864"},
		{"", "--max-bulk 1mb", "proto-max-bulk-len", "1048576"},
		{"PT_SLOWLOG_LOG_SLOWER_THAN=-1", "", "slowlog-log-slower-than", "-1"},
		{"", "--slowlog-max-len 7", "slowlog-max-len", "7"},
		{"", "--latency-monitor-threshold 8", "latency-monitor-threshold", "8"},
		{"", "--enable-debug-command local", "enable-debug-command", "local"},
	} {
		t.Run(test.variable+" "+test.line, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(binary, words(test.line)...)
			cmd.Env = append(cmd.Environ(), "PT_ADDR=127.0.0.1:0")
			if test.variable != "" {
				cmd.Env = append(cmd.Env, test.variable)
			}
			c := connect(t, startServerCommand(t, cmd).addr)
			c.mustDo(t, "CONFIG GET "+test.setting, array(bulk(test.setting), bulk(test.want)))
		})
	}
}

// TestUnknownVariables are warned of by name, without the value, and do no harm.
func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(binary)
	cmd.Env = append(cmd.Environ(), "PT_ADDR=127.0.0.1:0", "PT_REQUIREPAS=hunter2")
	s := startServerCommand(t, cmd)
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
	warning := logLine(s.log.String(), "no setting has this environment variable")
	if warning["variable"] != "PT_REQUIREPAS" || warning["nearest"] != "PT_REQUIREPASS" || warning["level"] != "warn" {
		t.Errorf("the warning is %v", warning)
	}
	if strings.Contains(s.log.String(), "hunter2") {
		t.Error("the log has the value")
	}
}
