package cli

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// availableMemory is the memory of the container or the machine, whichever is
// less; 0 where that is unknown.
func availableMemory() int64 {
	least := cgroupMemory("/")
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		if total := int64(info.Totalram) * int64(info.Unit); least == 0 || total < least {
			least = total
		}
	}
	return least
}

// cgroupMemory is the least of the memory limits that hold for this process: that
// of its cgroup and those of all cgroups that it lies in; 0 for none. The files of
// the system are looked for below root.
func cgroupMemory(root string) int64 {
	groups, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	mounts, _ := os.ReadFile(filepath.Join(root, "proc/self/mountinfo")) // without: where they mostly are
	var least int64
	for line := range strings.Lines(string(groups)) {
		// NUMBER:CONTROLLERS:PATH; version 2 has no controllers here.
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		var h hierarchy
		switch {
		case !ok:
			continue
		case controllers == "":
			h = hierarchy{mount: "/sys/fs/cgroup", file: "memory.max"}
			h.find(string(mounts), "cgroup2", "")
		case slices.Contains(strings.Split(controllers, ","), "memory"):
			h = hierarchy{mount: "/sys/fs/cgroup/memory", file: "memory.limit_in_bytes"}
			h.find(string(mounts), "cgroup", "memory")
		default:
			continue
		}
		if n := h.least(root, group); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// hierarchy is a tree of cgroups as it is mounted.
type hierarchy struct {
	mount string // where
	from  string // the cgroup that is seen there, "" for the first of all
	file  string // has a cgroup's limit
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

// least is the least of the limits from the cgroup up, 0 for none. One that is not
// seen here counts as the uppermost that is.
func (h *hierarchy) least(root, group string) int64 {
	below, ok := strings.CutPrefix(group, h.from)
	if !ok || below != "" && below[0] != '/' {
		below = "/"
	}
	var least int64
	for below = path.Clean("/" + below); ; below = path.Dir(below) {
		if n := readLimit(filepath.Join(root, h.mount, below, h.file)); n > 0 && (least == 0 || n < least) {
			least = n
		}
		if below == "/" {
			return least
		}
	}
}

// readLimit reads a file of a cgroup; "max" and huge numbers are no limit, 0.
func readLimit(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n > 1<<60 {
		return 0
	}
	return n
}
