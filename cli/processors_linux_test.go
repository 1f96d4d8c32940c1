package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// systemFiles lays files out below a directory, as the system would below /.
func systemFiles(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for file, text := range files {
		file = filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Processor time is limited in each of the groups around a process, mostly not in the innermost.
func TestCgroupProcessors(t *testing.T) {
	const (
		v2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
		v1 = "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	)
	for name, c := range map[string]struct {
		groups, mounts string
		files          map[string]string
		want           float64
		processors     int
	}{
		"nothing":                {},
		"no limit":               {"0::/a\n", v2, map[string]string{"a/cpu.max": "max 100000\n"}, 0, 0},
		"of its own":             {"0::/a\n", v2, map[string]string{"a/cpu.max": "350000 100000\n"}, 3.5, 4},
		"of a parent":            {"0::/a/b/c\n", v2, map[string]string{"a/b/c/cpu.max": "max 100000\n", "a/cpu.max": "400000 100000\n"}, 4, 4},
		"a parent has less":      {"0::/a/b\n", v2, map[string]string{"a/b/cpu.max": "800000 100000\n", "a/cpu.max": "150000 50000\n"}, 3, 3},
		"a sibling's is another": {"0::/a/b\n", v2, map[string]string{"a/c/cpu.max": "100000 100000\n"}, 0, 0},
		"less than two":          {"0::/a\n", v2, map[string]string{"a/cpu.max": "10000 100000\n"}, 0.1, 2},
		"version 1":              {"4:cpu,cpuacct:/a/b\n0::/\n", v1, map[string]string{"cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n", "cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"}, 2.5, 3},
		"nonsense":               {"0::/a\n", v2, map[string]string{"a/cpu.max": "many few\n"}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"proc/self/cgroup": c.groups, "proc/self/mountinfo": c.mounts}
			for file, text := range c.files {
				files["sys/fs/cgroup/"+file] = text
			}
			got := cgroupProcessors(systemFiles(t, files))
			if got != c.want || fitProcessors(got) != c.processors {
				t.Errorf("%v and so %d processors, want %v and %d", got, fitProcessors(got), c.want, c.processors)
			}
		})
	}
}

// What the environment says wins, and there are never more than the runtime has found.
func TestLimitProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	t.Logf("cgroups limit this process to %v processors, and the runtime has found %d", cgroupProcessors("/"), before)
	limitProcessors()
	if n := runtime.GOMAXPROCS(0); n > before {
		t.Errorf("%d processors, there were %d", n, before)
	}
}
