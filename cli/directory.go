package cli

import "strings"

// stateDirectory is where the data lie when nobody says where: in the first of the
// directories that systemd gives the service, or else in one below the directory
// that the program was started in.
func stateDirectory(lookup func(string) (string, bool)) string {
	given, _ := lookup("STATE_DIRECTORY")
	if first, _, _ := strings.Cut(given, ":"); first != "" {
		return first
	}
	return "prefixtracker-data"
}
