package cli

import (
	"maps"
	"testing"
)

// A process may lie deep in a tree of cgroups, and each on the way up has a limit
// that holds for it.
func TestCgroupMemory(t *testing.T) {
	const (
		v2     = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
		v1     = "31 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n32 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		inside = "32 23 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
		other  = "30 23 0:26 / /cg rw - cgroup2 none rw\n"
	)
	for name, c := range map[string]struct {
		groups, mounts string
		files          map[string]string
		want           int64
	}{
		"nothing":                    {},
		"no limit":                   {"0::/\n", v2, map[string]string{"sys/fs/cgroup/memory.max": "max\n"}, 0},
		"container of its own":       {"0::/\n", v2, map[string]string{"sys/fs/cgroup/memory.max": "67108864\n"}, 67108864},
		"nested":                     {"0::/a/b\n", v2, map[string]string{"sys/fs/cgroup/a/b/memory.max": "5000000\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 5000000},
		"a parent has less":          {"0::/a/b\n", v2, map[string]string{"sys/fs/cgroup/a/b/memory.max": "5000000\n", "sys/fs/cgroup/a/memory.max": "4000000\n"}, 4000000},
		"only a parent has one":      {"0::/a/b/c\n", v2, map[string]string{"sys/fs/cgroup/a/memory.max": "4000000\n"}, 4000000},
		"a sibling's is not ours":    {"0::/a/b\n", v2, map[string]string{"sys/fs/cgroup/a/c/memory.max": "4000000\n"}, 0},
		"mounted elsewhere":          {"0::/a\n", other, map[string]string{"cg/a/memory.max": "4000000\n", "sys/fs/cgroup/a/memory.max": "3\n"}, 4000000},
		"mounts unknown":             {"0::/a\n", "", map[string]string{"sys/fs/cgroup/a/memory.max": "4000000\n"}, 4000000},
		"outside of the namespace":   {"0::/../x\n", v2, map[string]string{"sys/fs/cgroup/memory.max": "4000000\n"}, 4000000},
		"version 1, nested":          {"4:memory:/a/b\n3:cpu:/z\n0::/\n", v1, map[string]string{"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4000000\n", "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n"}, 4000000},
		"version 1, in a container":  {"4:memory:/docker/abc/x\n", inside, map[string]string{"sys/fs/cgroup/memory/memory.limit_in_bytes": "4000000\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "3000000\n"}, 3000000},
		"version 1, several at once": {"4:cpu,memory:/a\n", v1, map[string]string{"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4000000\n"}, 4000000},
		"both versions":              {"4:memory:/a\n0::/b\n", v1 + v2, map[string]string{"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4000000\n", "sys/fs/cgroup/b/memory.max": "3000000\n"}, 3000000},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"proc/self/cgroup": c.groups, "proc/self/mountinfo": c.mounts}
			maps.Copy(files, c.files)
			root := systemFiles(t, files)
			if got := cgroupMemory(root); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}
