package cli

import (
	"io/fs"
	"strings"
)

// containerDirectory is where those who run containers mount what is to stay.
const containerDirectory = "data"

// stateDirectory is where the data lie when nobody says where: in the first of the
// directories that systemd gives the service, in /data if that is there in a
// container, or else in one below the directory that the program was started in.
// The files of the machine lie in root.
func stateDirectory(lookup func(string) (string, bool), root fs.FS) string {
	given, _ := lookup("STATE_DIRECTORY")
	if first, _, _ := strings.Cut(given, ":"); first != "" {
		return first
	}
	if info, err := fs.Stat(root, containerDirectory); err == nil && info.IsDir() && inContainer(lookup, root) {
		return "/" + containerDirectory
	}
	return "prefixtracker-data"
}

// inContainer tells whether the process is in one, as those who make them say:
// Docker, Podman and Kubernetes. On a machine that is none /data is somebody's.
func inContainer(lookup func(string) (string, bool), root fs.FS) bool {
	for _, mark := range []string{".dockerenv", "run/.containerenv"} {
		if _, err := fs.Stat(root, mark); err == nil {
			return true
		}
	}
	service, _ := lookup("KUBERNETES_SERVICE_HOST")
	return service != ""
}
