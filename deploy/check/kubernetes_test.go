package check

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

type manifest struct {
	services []core.Service
	sets     []apps.StatefulSet
}

// manifests decodes all of deploy/kubernetes; a field that its type does not have, or has
// twice, is an error.
func manifests(t *testing.T) map[string]manifest {
	t.Helper()
	paths, err := filepath.Glob("../kubernetes/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	all := make(map[string]manifest)
	for _, path := range paths {
		var m manifest
		for part := range strings.SplitSeq(read(t, path), "\n---\n") {
			var kind meta.TypeMeta
			if err := yaml.Unmarshal([]byte(part), &kind); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			switch kind.APIVersion + " " + kind.Kind {
			case "v1 Service":
				m.services = append(m.services, strictly[core.Service](t, path, part))
			case "apps/v1 StatefulSet":
				m.sets = append(m.sets, strictly[apps.StatefulSet](t, path, part))
			default:
				t.Errorf("%s: %s %s is not checked", path, kind.APIVersion, kind.Kind)
			}
		}
		if len(m.services) == 0 || len(m.sets) == 0 {
			t.Errorf("%s: %d services, %d stateful sets", path, len(m.services), len(m.sets))
		}
		all[path] = m
	}
	return all
}

func strictly[T any](t *testing.T, path, text string) (object T) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return object
}

// A service leads to a port that a container of the pods it selects has.
func TestKubernetes_ServicesLeadSomewhere(t *testing.T) {
	for path, m := range manifests(t) {
		for _, service := range m.services {
			found := false
			for _, set := range m.sets {
				if !covers(set.Spec.Template.Labels, service.Spec.Selector) {
					continue
				}
				found = true
				for _, port := range service.Spec.Ports {
					if !slices.ContainsFunc(ports(set), func(p core.ContainerPort) bool {
						return p.Name == port.TargetPort.StrVal && p.ContainerPort == port.Port
					}) {
						t.Errorf("%s: service %s, port %s: no container has it", path, service.Name, port.Name)
					}
				}
			}
			if !found {
				t.Errorf("%s: service %s selects nothing", path, service.Name)
			}
		}
		for _, set := range m.sets {
			if !covers(set.Spec.Template.Labels, set.Spec.Selector.MatchLabels) {
				t.Errorf("%s: stateful set %s does not select its own pods", path, set.Name)
			}
			if !slices.ContainsFunc(m.services, func(s core.Service) bool { return s.Name == set.Spec.ServiceName }) {
				t.Errorf("%s: stateful set %s: no service %s", path, set.Name, set.Spec.ServiceName)
			}
		}
	}
}

func covers(labels, selector map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

func ports(set apps.StatefulSet) (all []core.ContainerPort) {
	for _, c := range set.Spec.Template.Spec.Containers {
		all = append(all, c.Ports...)
	}
	return all
}

// The rules of the restricted pod security standard, and a root that is read only.
func TestKubernetes_NothingIsPrivileged(t *testing.T) {
	for path, m := range manifests(t) {
		for _, set := range m.sets {
			pod := set.Spec.Template.Spec
			s := pod.SecurityContext
			if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 ||
				s.SeccompProfile == nil || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault || s.FSGroup == nil {
				t.Errorf("%s: the pod's security context is %v", path, s)
			}
			if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
				t.Errorf("%s: the pod has a token for the cluster", path)
			}
			for _, c := range pod.Containers {
				s := c.SecurityContext
				if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem ||
					s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) || len(s.Capabilities.Add) > 0 {
					t.Errorf("%s: %s: its security context is %v", path, c.Name, s)
				}
				if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
					t.Errorf("%s: %s: resources %v", path, c.Name, c.Resources)
				}
				if tag := image(c.Image); tag == "" || tag == "latest" {
					t.Errorf("%s: %s: image %q says no version", path, c.Name, c.Image)
				}
			}
		}
	}
}

// Every container keeps its data in a claim, and every mount is of something.
func TestKubernetes_DataIsKept(t *testing.T) {
	for path, m := range manifests(t) {
		for _, set := range m.sets {
			if set.Spec.Replicas == nil || *set.Spec.Replicas != 1 {
				t.Errorf("%s: %s has more than one replica, or nobody says how many", path, set.Name)
			}
			claims, others := make(map[string]bool), make(map[string]bool)
			for _, claim := range set.Spec.VolumeClaimTemplates {
				claims[claim.Name] = true
			}
			for _, volume := range set.Spec.Template.Spec.Volumes {
				others[volume.Name] = true
			}
			for _, c := range set.Spec.Template.Spec.Containers {
				kept := false
				for _, mount := range c.VolumeMounts {
					kept = kept || mount.MountPath == "/data" && claims[mount.Name]
					if !claims[mount.Name] && !others[mount.Name] {
						t.Errorf("%s: %s mounts %s, which is not there", path, c.Name, mount.Name)
					}
				}
				if !kept {
					t.Errorf("%s: what %s keeps in /data is in no claim", path, c.Name)
				}
			}
		}
	}
}

// The tracker is alive when it answers and ready when it serves; the ports that its probes
// ask are its own.
func TestKubernetes_Probes(t *testing.T) {
	for path, m := range manifests(t) {
		for _, set := range m.sets {
			for _, c := range set.Spec.Template.Spec.Containers {
				if c.StartupProbe == nil || c.LivenessProbe == nil || c.ReadinessProbe == nil {
					t.Errorf("%s: %s has not all three probes", path, c.Name)
					continue
				}
				if c.Name != "prefixtracker" {
					continue
				}
				for want, probe := range map[string]*core.Probe{"/healthz": c.LivenessProbe, "/readyz": c.ReadinessProbe} {
					get := probe.HTTPGet
					if get == nil || get.Path != want || get.Port != intstr.FromString("http") {
						t.Errorf("%s: a probe asks %v, want %s of port http", path, get, want)
					}
				}
				for variable, port := range map[string]string{"PT_ADDR": "redis", "PT_HTTP_ADDR": "http"} {
					if !slices.ContainsFunc(c.Env, func(e core.EnvVar) bool {
						return e.Name == variable && slices.ContainsFunc(c.Ports, func(p core.ContainerPort) bool {
							return p.Name == port && e.Value == ":"+strconv.Itoa(int(p.ContainerPort))
						})
					}) {
						t.Errorf("%s: %s is not port %s", path, variable, port)
					}
				}
				if grace := set.Spec.Template.Spec.TerminationGracePeriodSeconds; grace == nil || *grace <= 8 {
					t.Errorf("%s: the pod may not take its 8 s to stop", path)
				}
			}
		}
	}
}
