package cli

import (
	"runtime/debug"
	"testing"
)

func TestCommitOf(t *testing.T) {
	const revision = "8f33f8a4c60e0123456789abcdef0123456789ab"
	for want, built := range map[string][]debug.BuildSetting{
		"":                                   {{Key: "GOOS", Value: "linux"}, {Key: "vcs.modified", Value: "true"}},
		"commit 8f33f8a4c60e, ":              {{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}},
		"commit 8f33f8a4c60e with changes, ": {{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}},
		"commit 8f33, ":                      {{Key: "vcs.revision", Value: "8f33"}},
	} {
		if got := commitOf(built); got != want {
			t.Errorf("%v: %q, want %q", built, got, want)
		}
	}
}
