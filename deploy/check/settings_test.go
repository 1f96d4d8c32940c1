package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files are those in which the program is given settings and a version.
func files(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, path := range append(paths, "../compose.yaml") {
		texts[path] = read(t, path)
	}
	return texts
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A variable that is no setting would be a warning that nobody reads.
func TestSettings_AreThere(t *testing.T) {
	settings := read(t, "../prefixtracker.yaml")
	for path, text := range files(t) {
		variables := regexp.MustCompile(`\bPT_[A-Z0-9_]+`).FindAllString(text, -1)
		if len(variables) == 0 {
			t.Errorf("%s gives no setting", path)
		}
		for _, variable := range variables {
			setting := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "PT_"), "_", "-"))
			if !strings.Contains(settings, "\n#"+setting+":") {
				t.Errorf("%s: %s: there is no setting %s", path, variable, setting)
			}
		}
	}
}

// The image of a manifest is that of the version that the source is, or is about to be.
func TestImages_AreOfThisVersion(t *testing.T) {
	version := regexp.MustCompile(`Version = "([0-9.]+)`).FindStringSubmatch(read(t, "../../cli/versioncommand.go"))
	if version == nil {
		t.Fatal("the source says no version")
	}
	found := false
	for path, text := range files(t) {
		for _, m := range regexp.MustCompile(`(?m)image: \S*/prefixtracker:(\S+)$`).FindAllStringSubmatch(text, -1) {
			found = true
			if m[1] != version[1] {
				t.Errorf("%s has the image of %s, and this is %s", path, m[1], version[1])
			}
		}
	}
	if !found {
		t.Error("no file names the image")
	}
}
