package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	urfave "github.com/urfave/cli/v2"
)

// Version of the program. It is told here alone, so that every way of building
// gives the same; a release sets it by the linker's -X.
var Version = "0.1.0-dev"

// builtVersion is the version and what it was built from.
func builtVersion() string {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		commit = commitOf(info.Settings)
	}
	return fmt.Sprintf("%s (%s%s, %s/%s)", Version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commitOf is the commit that was built, if the build has seen the repository.
func commitOf(built []debug.BuildSetting) string {
	var revision, changed string
	for _, s := range built {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	if revision == "" {
		return ""
	}
	return "commit " + revision + changed + ", "
}

func versionCommand() *urfave.Command {
	return &urfave.Command{Name: "version", Usage: "print the version", Action: printVersion}
}

func printVersion(c *urfave.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	urfave.ShowVersion(c)
	return nil
}
