package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// settingsFile returns the path of a file of settings.
func settingsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pt.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestConfigFile starts servers with settings from a file, and asks what they have.
func TestConfigFile(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	path := settingsFile(t, `# what YAML takes for numbers and truths is read as it is written
addr: 127.0.0.1:0
max-memory: 64mb
max-count: 4
idle-timeout: 2m
protected-mode: no
save: 3600 1
slowlog-max-len: 007
requirepass: 0123
`)
	for _, test := range []struct {
		variables []string
		line      string
		count     string
	}{
		{nil, "--config " + path, "4"},
		{nil, "serve --config=" + path, "4"},
		{[]string{"PT_CONFIG=" + path}, "", "4"},
		{[]string{"PT_CONFIG=" + path, "PT_MAX_COUNT=5"}, "serve", "5"},
		{[]string{"PT_CONFIG=" + path, "PT_MAX_COUNT=5"}, "--max-count 6", "6"},
		{[]string{"PT_CONFIG=/nowhere", "PT_MAX_COUNT="}, "--config " + path, "4"},
	} {
		t.Run(strings.Join(test.variables, " ")+" "+test.line, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(binary, words(test.line)...)
			cmd.Env = append(cmd.Environ(), test.variables...)
			s := startServerCommand(t, cmd)
			c := connect(t, s.addr)
			c.mustDo(t, "AUTH 0123", simple("OK"))
			for name, value := range map[string]string{
				"maxmemory": "67108864", "max-count": test.count, "timeout": "120", "protected-mode": "no",
				"save": "3600 1", "slowlog-max-len": "7",
			} {
				c.mustDo(t, "CONFIG GET "+name, array(bulk(name), bulk(value)))
			}
			if got := infoLines(t, c, "server")["config_file"]; got != path {
				t.Errorf("INFO has config_file %q, want %s", got, path)
			}
			if strings.Contains(s.log.String(), "no setting has") || strings.Contains(s.log.String(), "0123") {
				t.Errorf("the log says\n%s", s.log.String())
			}
		})
	}
}

// TestCheckConfig: nothing is opened, and all is read.
func TestCheckConfig(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	running := startServer(t)
	dir := filepath.Join(t.TempDir(), "data")
	path := settingsFile(t, "requirepass: hunter2\nmax-memory: 64mb\nidle-timeout: 10s\nmax-count: 1\n")
	cmd := exec.Command(binary, "--check-config", "--config", path, "--addr", running.addr, "--dir", dir, "--max-count", "3")
	cmd.Env = append(cmd.Environ(), "PT_IDLE_TIMEOUT=20s", "PT_MAX_CONT=1")
	output, code := runCommand(t, cmd)
	lines := make(map[string]string)
	for line := range strings.Lines(output) {
		name, rest, _ := strings.Cut(line, " ")
		lines[strings.TrimSpace(name)] = strings.Join(strings.Fields(rest), " ")
	}
	for name, want := range map[string]string{
		"config":       path + " --config",
		"addr":         running.addr + " --addr",
		"dir":          dir + " --dir",
		"max-memory":   "64mb max-memory in " + path + ":2",
		"requirepass":  "(not shown) requirepass in " + path + ":1",
		"idle-timeout": "20s PT_IDLE_TIMEOUT",
		"max-count":    "3 --max-count",
		"log-level":    "info default",
		"tls-cert":     "- default",
		"ok":           "",
	} {
		if got, there := lines[name]; !there || got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if code != 0 || strings.Contains(output, "hunter2") || !strings.Contains(output, `"PT_MAX_CONT","nearest":"PT_MAX_COUNT"`) {
		t.Errorf("it exited with %d and printed\n%s", code, output)
	}
	for _, line := range []string{"serve --check-config", "--check-config serve", "--check-config serve --check-config"} {
		other := exec.Command(binary, append(words(line), "--config", path, "--addr", running.addr, "--dir", dir, "--max-count", "3")...)
		other.Env = cmd.Env
		same, code := runCommand(t, other)
		_, got, _ := strings.Cut(same, "\nconfig ") // behind what is logged
		if _, want, _ := strings.Cut(output, "\nconfig "); code != 0 || got != want {
			t.Errorf("%s exited with %d and printed\n%s", line, code, same)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory of the data was made")
	}
}

func TestCheckConfigRefuses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	bad := settingsFile(t, "max-memory: 64mb\nidle-timeout: 10\n")
	for line, want := range map[string]string{
		"--check-config --config " + bad:                                                  `invalid value "10" for idle-timeout in ` + bad + ":2: must be a duration such as 10s",
		"serve --check-config --config /nowhere":                                          "config: open /nowhere: no such file or directory",
		"--check-config --requirepass-file /nowhere":                                      "password: open /nowhere: no such file or directory",
		"--check-config serve --requirepass x --requirepass-file y":                       "--requirepass and --requirepass-file exclude each other",
		"--check-config --tls-addr 127.0.0.1:0 --tls-cert /nowhere --tls-key /nowhere":    "tls: open /nowhere: no such file or directory",
		"--check-config nosuch":                                                           `unknown command "nosuch": see prefixtracker --help`,
		"--check-config serve nosuch":                                                     `unknown command "nosuch": see prefixtracker --help`,
		"--check-config --protected-mode maybe":                                           `invalid value "maybe" for --protected-mode: must be yes or no`,
		"--protected-mode --check-config --requirepass-file /dev/null --addr 127.0.0.1:0": "password: /dev/null is empty",
	} {
		output, code := runCommand(t, exec.Command(binary, words(line)...))
		if code != 1 || output != "prefixtracker: "+want+"\n" {
			t.Errorf("%s exited with %d and printed\n%s\nwant %s", line, code, output, want)
		}
	}
}

// TestConfigFileAtHangup: SIGHUP reads the files that the settings name again, and
// not the settings.
func TestConfigFileAtHangup(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	password := filepath.Join(t.TempDir(), "password")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(password, "one\n")
	path := settingsFile(t, "addr: 127.0.0.1:0\nmax-count: 3\nrequirepass-file: "+password+"\n")
	s := startServerCommand(t, exec.Command(binary, "--config", path))
	write(password, "two\n")
	write(path, "max-count: 4\nnonsense: 1\n")
	s.signal(t, syscall.SIGHUP)
	var c *client
	eventually(t, "the new password counts", func() bool {
		c = connect(t, s.addr)
		return c.mustReply(t, "AUTH", "two").raw == simple("OK")
	})
	c.mustDo(t, "CONFIG GET max-count", array(bulk("max-count"), bulk("3")))
}

// TestConfigFileThatOthersRead is warned of, and not shown.
func TestConfigFileThatOthersRead(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	path := settingsFile(t, "requirepass: hunter2\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	const message = "everybody on this machine may read the password in the file of settings"
	s := startServer(t, "--config", path)
	if warning := logLine(s.log.String(), message); warning["level"] != "warn" || warning["config"] != path {
		t.Errorf("the warning is %v", warning)
	}
	checked, _ := run(t, binary, "--config", path, "--check-config")
	if !strings.Contains(checked, message) || strings.Contains(checked+s.log.String(), "hunter2") {
		t.Errorf("--check-config prints\n%s\nand the log has\n%s", checked, s.log.String())
	}
}
