package integration_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// image is the container image, built from the Dockerfile's last stage with a binary of `make build`. Nothing is
// asked of the network.
type image struct{ *podman }

func buildImage(t *testing.T) *image {
	t.Helper()
	requireProgram(t, "buildah", "buildah")
	i := &image{newPodman(t)}
	parts := filepath.Join(i.store, "parts")
	if err := os.MkdirAll(filepath.Join(parts, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustRun(t, exec.Command("make", "-C", "..", "build", "BINARY="+filepath.Join(parts, "prefixtracker"), "VERSION=9.8.7"))
	mustRun(t, exec.Command("buildah", append(i.places(), "build", "--pull-never", "--build-context", "binary="+parts, "--format", "docker",
		"--tag", "prefixtracker", "--file", "../Dockerfile", filepath.Join(parts, "data"))...))
	i.mustWork(t, append(append([]string{"run", "--rm"}, confined...), "prefixtracker", "version")...)
	return i
}

// confined is how those run an image who care: there is nothing to write to but the volume, and there are no rights.
var confined = append([]string{"--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges"}, podmanLimits...)

// start runs the image until it is healthy, and returns its address.
func (i *image) start(t *testing.T, name string, options []string, flags ...string) (ip string) {
	t.Helper()
	args := slices.Concat([]string{"run", "--detach", "--name", name, "--log-driver", "k8s-file"}, confined, options, []string{"prefixtracker"}, flags)
	i.must(t, args...)
	eventually(t, "it is healthy, by its own check", func() bool {
		if state := i.must(t, "inspect", "--format", "{{.State.Status}}", name); state != "running" {
			t.Fatalf("it is %s\n%s", state, mustRun(t, i.command("logs", name)))
		}
		return i.command("healthcheck", "run", name).Run() == nil
	})
	return i.must(t, "inspect", "--format", "{{.NetworkSettings.IPAddress}}", name)
}

// TestImage builds the image and runs it: a sidecar with a password, killed, followed by another with its data, and
// stopped; one that nobody has set up; and one in little memory.
func TestImage(t *testing.T) {
	sameForEveryListener(t)
	t.Parallel()
	i := buildImage(t)
	t.Run("contents", func(t *testing.T) { i.checkContents(t) })
	t.Run("life", func(t *testing.T) { i.checkLife(t) })
	t.Run("without a password", func(t *testing.T) { i.checkProtected(t) })
	t.Run("64 MB", func(t *testing.T) { i.checkSmall(t) })
}

func (i *image) checkContents(t *testing.T) {
	size, err := strconv.Atoi(i.must(t, "image", "inspect", "--format", "{{.Size}}", "prefixtracker"))
	if err != nil || size > 25_000_000 {
		t.Errorf("the image has %d bytes, %v", size, err)
	}
	t.Logf("the image has %.1f MB", float64(size)/1e6)
	var config struct {
		User, StopSignal string
		Env              []string
		Entrypoint, Cmd  []string
		ExposedPorts     map[string]any
		Volumes          map[string]any
	}
	if err := json.Unmarshal([]byte(i.must(t, "image", "inspect", "--format", "{{json .Config}}", "prefixtracker")), &config); err != nil {
		t.Fatal(err)
	}
	if id, err := strconv.Atoi(strings.Split(config.User, ":")[0]); err != nil || id == 0 {
		t.Errorf("its user is %q, which is no number, or root", config.User)
	}
	if len(config.ExposedPorts) != 2 || config.StopSignal != "SIGTERM" || config.Volumes["/data"] == nil {
		t.Errorf("its configuration is %+v", config)
	}
	// There is no shell to be had.
	var check []string
	if err := json.Unmarshal([]byte(i.must(t, "image", "inspect", "--format", "{{json .HealthCheck.Test}}", "prefixtracker")), &check); err != nil {
		t.Fatal(err)
	}
	if len(check) != 3 || check[0] != "CMD" || config.Entrypoint[0] != "/prefixtracker" {
		t.Errorf("it is checked by %q and started by %q", check, config.Entrypoint)
	}
}

func (i *image) checkLife(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("opensesame\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	options := []string{"--volume", "kept:/data", "--volume", secret + ":/run/secrets/password:ro", "--env", "PT_REQUIREPASS_FILE=/run/secrets/password"}
	ip := i.start(t, "first", options, "--appendfsync", "always")
	c := connect(t, ip+":7171")
	c.mustDo(t, "AUTH opensesame", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1000", integers(0, 1000))
	if status, err := http.Get("http://" + ip + ":7172/readyz"); err != nil || status.StatusCode != http.StatusOK {
		t.Errorf("over HTTP: %v, %v", status, err)
	}
	pid := i.must(t, "inspect", "--format", "{{.State.Pid}}", "first")
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil || !strings.Contains(string(status), "\nUid:\t65532\t65532\t65532\t65532\n") || !strings.Contains(string(status), "\nCapEff:\t0000000000000000\n") {
		t.Errorf("it runs as\n%s%v", status, err)
	}
	i.must(t, "kill", "first")

	ip = i.start(t, "second", options)
	c = connect(t, ip+":7171")
	c.mustDo(t, "AUTH opensesame", simple("OK"))
	c.mustDo(t, "PT.COUNT vec:", integer(1000))
	c.mustDo(t, "PT.CLAIMNEXT vec:", integer(1000))

	began := time.Now()
	i.must(t, "stop", "second") // it is killed after 10 seconds, as by Docker
	took := time.Since(began)
	t.Logf("it has stopped in %v", took)
	if code := i.must(t, "inspect", "--format", "{{.State.ExitCode}}", "second"); code != "0" || took > 8*time.Second {
		t.Errorf("it exited with %s in %v", code, took)
	}
	lines := strings.Split(strings.TrimSpace(mustRun(t, i.command("logs", "second"))), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of its log is no JSON: %s", line)
		}
	}
	if log := strings.Join(lines, "\n"); logLine(log, "listening") == nil || logLine(log, "stopped") == nil {
		t.Errorf("its log:\n%s", log)
	}
}

// checkProtected: other containers are told why they are not let in, and what helps.
func (i *image) checkProtected(t *testing.T) {
	ip := i.start(t, "open", nil)
	if r, err := connect(t, ip+":7171").receive(); err != nil || !strings.HasPrefix(r.text, "DENIED ") {
		t.Errorf("without a password another container was told %q, %v", r.text, err)
	}
	i.must(t, "rm", "--force", "--time", "0", "open")
	ip = i.start(t, "open", []string{"--env", "PT_PROTECTED_MODE=no"})
	connect(t, ip+":7171").mustDo(t, "PT.CLAIMNEXT vec:", integer(0))
	i.must(t, "rm", "--force", "--time", "0", "open")
}

// checkSmall: what it takes by default is what the container has.
func (i *image) checkSmall(t *testing.T) {
	ip := i.start(t, "small", []string{"--memory", "64m", "--env", "PT_PROTECTED_MODE=no"})
	c := connect(t, ip+":7171")
	if limit := infoField(t, c, "maxmemory"); limit == 0 || limit > 40<<20 {
		t.Errorf("in 64 MB it takes %s for trackers", mib(limit))
	}
	if r := c.mustReply(t, "PT.ADDRANGE", "p", "0", "1000000000"); !strings.HasPrefix(r.text, "OOM ") {
		t.Errorf("a range beyond its memory got %q", r.text)
	}
	c.mustDo(t, "PING", simple("PONG"))
}
