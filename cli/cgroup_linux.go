package cli

import (
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// cgroup is a group of processes that this one is in, or a group around that.
type cgroup struct {
	version int
	dir     string // of its files
}

// read returns what a file of it says, "" without one.
func (g cgroup) read(file string) string {
	text, _ := os.ReadFile(filepath.Join(g.dir, file)) // there may be no such limit
	return strings.TrimSpace(string(text))
}

// leastLimit is the least of the limits by a controller that hold for this process: that
// of its cgroup and those of all that it lies in; 0 for none, as limit says. The
// files of the system are looked for below root.
func leastLimit(root, controller string, limit func(cgroup) float64) float64 {
	groups, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	mounts, _ := os.ReadFile(filepath.Join(root, "proc/self/mountinfo")) // without: where they mostly are
	var least float64
	for line := range strings.Lines(string(groups)) {
		// NUMBER:CONTROLLERS:PATH; version 2 has no controllers here.
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		var h hierarchy
		switch {
		case !ok:
			continue
		case controllers == "":
			h = hierarchy{version: 2, mount: "/sys/fs/cgroup"}
			h.find(string(mounts), "cgroup2", "")
		case slices.Contains(strings.Split(controllers, ","), controller):
			h = hierarchy{version: 1, mount: "/sys/fs/cgroup/" + controller}
			h.find(string(mounts), "cgroup", controller)
		default:
			continue
		}
		for g := range h.up(root, group) {
			if n := limit(g); n > 0 && (least == 0 || n < least) {
				least = n
			}
		}
	}
	return least
}

// hierarchy is a tree of cgroups as it is mounted.
type hierarchy struct {
	version int
	mount   string // where
	from    string // the cgroup that is seen there, "" for the first of all
}

// find looks for the mount of the hierarchy: of that type, with that option.
func (h *hierarchy) find(mounts, kind, option string) {
	for line := range strings.Lines(mounts) {
		// ID PARENT DEVICE ROOT MOUNT OPTIONS … - TYPE SOURCE OPTIONS
		before, after, ok := strings.Cut(line, " - ")
		of, is := strings.Fields(before), strings.Fields(after)
		if !ok || len(of) < 5 || len(is) < 3 || is[0] != kind {
			continue
		}
		if option == "" || slices.Contains(strings.Split(is[2], ","), option) {
			h.from, h.mount = strings.TrimSuffix(of[3], "/"), of[4]
			return
		}
	}
}

// up are the cgroups from one to the uppermost. One that is not seen here counts as
// the uppermost that is.
func (h *hierarchy) up(root, group string) iter.Seq[cgroup] {
	below, ok := strings.CutPrefix(group, h.from)
	if !ok || below != "" && below[0] != '/' {
		below = "/"
	}
	return func(yield func(cgroup) bool) {
		for below := path.Clean("/" + below); yield(cgroup{h.version, filepath.Join(root, h.mount, below)}) && below != "/"; {
			below = path.Dir(below)
		}
	}
}
