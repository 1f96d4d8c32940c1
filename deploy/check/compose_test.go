package check

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose reads compose.yaml as docker compose does, with these profiles.
func compose(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../compose.yaml"}, cli.WithProfiles(profiles))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestCompose_Profiles(t *testing.T) {
	for profile, want := range map[string][]string{
		"":        {"prefixtracker", "store", "worker"},
		"observe": {"grafana", "prefixtracker", "prometheus", "store", "worker"},
	} {
		names := compose(t, profile).ServiceNames()
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("profile %q has %v, want %v", profile, names, want)
		}
	}
}

// No service has rights it does not need, and each says how it is.
func TestCompose_Services(t *testing.T) {
	for name, service := range compose(t, "observe").Services {
		if !service.ReadOnly || !slices.Equal(service.CapDrop, []string{"ALL"}) || len(service.CapAdd) > 0 || service.Privileged ||
			!slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s is not locked", name)
		}
		if ends := service.Restart == types.RestartPolicyOnFailure; ends == (service.HealthCheck != nil) {
			t.Errorf("%s: health check %v, restarted %s: what runs for ever has one, what ends has none", name, service.HealthCheck, service.Restart)
		}
		if tag := image(service.Image); service.Build == nil && (tag == "" || tag == "latest") {
			t.Errorf("%s: image %q says no version", name, service.Image)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is open on all addresses of the machine", name, port.Published)
			}
		}
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(volume.Source); err != nil || !volume.ReadOnly {
				t.Errorf("%s: %s, read-only %v: %v", name, volume.Source, volume.ReadOnly, err)
			}
		}
		if service.Build == nil || name == "prefixtracker" {
			continue
		}
		if _, err := os.Stat(filepath.Join(service.Build.Context, "Dockerfile")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// image is the tag of an image's name.
func image(name string) string {
	_, tag, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	return tag
}

func TestCompose_Tracker(t *testing.T) {
	service := compose(t).Services["prefixtracker"]
	if want := []string{"CMD", "/prefixtracker", "healthcheck"}; !slices.Equal(service.HealthCheck.Test, want) {
		t.Errorf("health check %q, want %q: the image has no shell", service.HealthCheck.Test, want)
	}
	if file := service.Environment["PT_REQUIREPASS_FILE"]; file == nil || *file != "/run/secrets/"+service.Secrets[0].Source {
		t.Error("the password is not the secret")
	}
	if len(service.Volumes) != 1 || service.Volumes[0].Target != "/data" {
		t.Errorf("volumes %v, want one for /data", service.Volumes)
	}
	if time.Duration(*service.StopGracePeriod) <= 8*time.Second {
		t.Errorf("it is killed after %v, and may take 8s by itself", *service.StopGracePeriod)
	}
}

// The tracker has what the store has of the worker's prefix, which it makes as the worker does.
func TestCompose_Store(t *testing.T) {
	project := compose(t)
	service, worker := project.Services["prefixtracker"], project.Services["worker"]
	for variable, want := range map[string]*string{
		"PT_SYNC_PREFIXES": worker.Environment["PREFIX"], "PT_DEFAULT_MAX_ID": worker.Environment["KEYS"],
	} {
		if got := service.Environment[variable]; got == nil || want == nil || *got != *want {
			t.Errorf("%s is not what the worker says", variable)
		}
	}
	url, where := service.Environment["PT_STORE"], worker.Environment["STORE"]
	if url == nil || where == nil || *url != "redis://"+*where {
		t.Error("PT_STORE is not where the worker finds the store")
	}
	if onStart := service.Environment["PT_SYNC_ON_START"]; onStart == nil || *onStart != "yes" {
		t.Error("it does not load from the store")
	}
}

// The worker begins when both answer, and talks to them by their names.
func TestCompose_Worker(t *testing.T) {
	project := compose(t)
	worker := project.Services["worker"]
	for variable, name := range map[string]string{"TRACKER": "prefixtracker", "STORE": "store"} {
		service := project.Services[name]
		if worker.DependsOn[name].Condition != types.ServiceConditionHealthy {
			t.Errorf("the worker does not wait for %s", name)
		}
		address := worker.Environment[variable]
		if address == nil || !slices.ContainsFunc(service.Ports, func(p types.ServicePortConfig) bool {
			return *address == name+":"+p.Published
		}) {
			t.Errorf("%s is not where %s listens", variable, name)
		}
		if _, shared := service.Networks["data"]; !shared {
			t.Errorf("%s is not in the worker's network", name)
		}
	}
}
