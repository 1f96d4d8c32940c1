package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// podman is Podman with a store of its own, of which nothing is left when the test ends.
type podman struct{ store string }

// podmanLimits are limits for `podman run`: those that Podman has by default may be more than it may set.
var podmanLimits = []string{"--runtime", "runc", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"}

func newPodman(t *testing.T) *podman {
	t.Helper()
	requireProgram(t, "podman", "podman")
	requireProgram(t, "runc", "runc")
	// Sockets lie in it, whose paths may have 107 bytes.
	store, err := os.MkdirTemp("", "pt-podman-")
	if err != nil {
		t.Fatal(err)
	}
	p := &podman{store: store}
	t.Cleanup(func() {
		p.command("rm", "--all", "--force", "--time", "0").Run()
		p.command("volume", "rm", "--all").Run()
		p.command("rmi", "--all", "--force").Run()
		if err := os.RemoveAll(store); err != nil {
			t.Error(err)
		}
	})
	return p
}

// places are options of Podman and Buildah.
func (p *podman) places() []string {
	return []string{"--root", filepath.Join(p.store, "root"), "--runroot", filepath.Join(p.store, "run")}
}

func (p *podman) command(args ...string) *exec.Cmd {
	return exec.Command("podman", append(append(p.places(), "--cgroup-manager", "cgroupfs", "--tmpdir", filepath.Join(p.store, "tmp"),
		"--volumepath", filepath.Join(p.store, "volumes"), "--events-backend", "file"), args...)...)
}

// must runs a command and returns the last line that it has printed: what it warns of, such as that nobody runs
// health checks by the clock here, comes before that.
func (p *podman) must(t *testing.T, args ...string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(mustRun(t, p.command(args...))), "\n")
	return lines[len(lines)-1]
}

// mustWork runs a first container. Where none runs, as in a container that may do little, the test is skipped, but
// fails with CI=true.
func (p *podman) mustWork(t *testing.T, args ...string) {
	t.Helper()
	output, code := runCommand(t, p.command(args...))
	switch {
	case code == 0:
	case os.Getenv("CI") == "true":
		t.Fatalf("no container runs here\n%s", output)
	default:
		t.Skipf("no container runs here\n%s", output)
	}
}

func mustRun(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	output, code := runCommand(t, cmd)
	if code != 0 {
		t.Fatalf("%v exited with %d\n%s", cmd.Args, code, output)
	}
	return output
}
