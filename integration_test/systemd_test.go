package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const unit = "../deploy/systemd/prefixtracker.service"

// TestUnit_IsSound has systemd read the unit, and say what the service could do.
func TestUnit_IsSound(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "systemd-analyze", "systemd")
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	here := filepath.Join(t.TempDir(), "prefixtracker.service")
	if err := os.WriteFile(here, []byte(strings.ReplaceAll(string(text), "/usr/bin/prefixtracker", binary)), 0o644); err != nil {
		t.Fatal(err)
	}
	if output := mustRun(t, exec.Command("systemd-analyze", "verify", here)); output != "" {
		t.Errorf("systemd-analyze verify:\n%s", output)
	}
	output := mustRun(t, exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=15", here)) // 1.5
	t.Log(strings.TrimSpace(output[strings.LastIndex(strings.TrimSpace(output), "\n")+1:]))
}

// systemd is a system in a container that has nothing but systemd, the unit, and the binary.
type systemd struct{ *podman }

func startSystemd(t *testing.T, configuration, dropIn string) *systemd {
	t.Helper()
	requireProgram(t, "systemctl", "systemd")
	s := &systemd{newPodman(t)}
	root := filepath.Join(s.store, "system")
	for _, dir := range []string{"usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "proc", "sys", "dev", "run", "tmp", "var",
		"usr/lib/sysusers.d", "etc/systemd/system/prefixtracker.service.d", "etc/prefixtracker"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+dir, filepath.Join(root, dir)); err != nil {
			t.Fatal(err)
		}
	}
	files := []string{"/lib/systemd/systemd", "/bin/systemctl", "/bin/kill"}
	libraries := mustRun(t, exec.Command("ldd", files...))
	files = append(files, regexp.MustCompile(`(?m)(?:=>|^\s) ?(/\S+) \(`).FindAllString(libraries, -1)...)
	for i, file := range files {
		files[i] = strings.Trim(file, "\n\t =>(")
	}
	for _, target := range []string{"sysinit", "basic", "multi-user", "shutdown", "umount", "network-online", "network", "sockets", "timers", "paths", "slices", "local-fs", "swap"} {
		files = append(files, "/lib/systemd/system/"+target+".target")
	}
	slices.Sort(files)
	mustRun(t, exec.Command("cp", append(append([]string{"--dereference", "--parents"}, slices.Compact(files)...), root)...))
	mustRun(t, exec.Command("cp", binary, filepath.Join(root, "usr/bin/prefixtracker")))
	mustRun(t, exec.Command("cp", unit, filepath.Join(root, "etc/systemd/system")))
	mustRun(t, exec.Command("ln", "-s", "/lib/systemd/system/multi-user.target", filepath.Join(root, "etc/systemd/system/default.target")))
	for file, text := range map[string]string{
		"etc/passwd":                           "root:x:0:0::/:/bin/false\n",
		"etc/group":                            "root:x:0:\n",
		"etc/machine-id":                       "",
		"etc/prefixtracker/prefixtracker.yaml": configuration,
		"etc/systemd/system/prefixtracker.service.d/test.conf": dropIn,
	} {
		if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, exec.Command("cp", "../deploy/systemd/prefixtracker.conf", filepath.Join(root, "usr/lib/sysusers.d")))
	mustRun(t, exec.Command("systemd-sysusers", "--root="+root))
	s.mustWork(t, slices.Concat([]string{"run", "--detach", "--tty", "--name", "system", "--systemd", "always", "--cap-add", "all",
		"--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"}, podmanLimits,
		[]string{"--rootfs", root, "/lib/systemd/systemd", "--log-target=console", "--log-level=info"})...)
	return s
}

// ctl is systemctl, and its first or only line.
func (s *systemd) ctl(t *testing.T, args ...string) string {
	t.Helper()
	output := mustRun(t, s.command(append([]string{"exec", "system", "/bin/systemctl"}, args...)...))
	first, _, _ := strings.Cut(output, "\n")
	return strings.TrimSpace(first)
}

// awaits waits until the service's property is so.
func (s *systemd) awaits(t *testing.T, property, value string) {
	t.Helper()
	deadline, is := time.Now().Add(patience), ""
	for ; time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		output, code := runCommand(t, s.command("exec", "system", "/bin/systemctl", "show", "--value", "--property", property, "prefixtracker"))
		if is = strings.TrimSpace(output); code == 0 && is == value {
			return
		}
	}
	t.Fatalf("%s is %q, not %q\n%s\n%s", property, is, value, mustRun(t, s.command("logs", "system")), mustRun(t, s.command("exec", "system", "/bin/systemctl", "status", "prefixtracker")))
}

// TestUnit_Serves starts the service in a system, confined as it is there, and does what happens to one: it is
// reloaded, killed, hangs, and is stopped. It comes back with its data, and systemd knows how it does.
func TestUnit_Serves(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startSystemd(t, "addr: :7171\nprotected-mode: no\nappendfsync: always\nunix-socket: /run/prefixtracker/prefixtracker.sock\n",
		"[Service]\nStandardError=file:/log\nRestartSec=100ms\nWatchdogSec=2\n")
	eventually(t, "the system is up", func() bool {
		return s.command("exec", "system", "/bin/systemctl", "is-active", "multi-user.target").Run() == nil
	})
	addr := s.must(t, "inspect", "--format", "{{.NetworkSettings.IPAddress}}", "system") + ":7171"
	s.ctl(t, "start", "prefixtracker") // it returns when the service is ready
	c := connect(t, addr)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1000", integers(0, 1000))
	s.awaits(t, "StatusText", "serving")
	s.ctl(t, "reload", "prefixtracker")
	s.awaits(t, "ActiveState", "active")
	c.mustDo(t, "PING", simple("PONG"))

	s.ctl(t, "kill", "--signal", "KILL", "prefixtracker")
	s.awaits(t, "NRestarts", "1")
	s.awaits(t, "ActiveState", "active")
	connect(t, addr).mustDo(t, "PT.COUNT vec:", integer(1000))

	s.ctl(t, "kill", "--signal", "STOP", "prefixtracker")
	s.awaits(t, "NRestarts", "2") // since it does not say that all is well
	s.awaits(t, "ActiveState", "active")
	connect(t, addr).mustDo(t, "PT.COUNT vec:", integer(1000))

	s.ctl(t, "stop", "prefixtracker")
	s.awaits(t, "ActiveState", "inactive")
	s.awaits(t, "Result", "success")
}
