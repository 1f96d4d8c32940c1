package cli

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// Where the data lie when nobody says where, by what the environment says and what there is.
func TestStateDirectory(t *testing.T) {
	const below = "prefixtracker-data"
	file, dir := &fstest.MapFile{}, &fstest.MapFile{Mode: fs.ModeDir}
	systemd, kubernetes := "STATE_DIRECTORY", "KUBERNETES_SERVICE_HOST"
	for _, c := range []struct {
		says  environment
		there fstest.MapFS
		want  string
	}{
		{nil, nil, below},
		{environment{systemd: "", kubernetes: ""}, fstest.MapFS{"data": dir}, below},
		{environment{systemd: "/var/lib/a:/var/lib/b"}, nil, "/var/lib/a"},
		{environment{systemd: ":/var/lib/b"}, nil, below},
		{nil, fstest.MapFS{".dockerenv": file}, below},
		{nil, fstest.MapFS{".dockerenv": file, "data": dir}, "/data"},
		{nil, fstest.MapFS{".dockerenv": file, "data": file}, below},
		{nil, fstest.MapFS{"run/.containerenv": file, "data": dir}, "/data"},
		{nil, fstest.MapFS{"run/.containerenv": file}, below},
		{environment{kubernetes: "10.0.0.1"}, fstest.MapFS{"data": dir}, "/data"},
		{environment{kubernetes: "10.0.0.1"}, nil, below},
		{environment{systemd: "/var/lib/a", kubernetes: "10.0.0.1"}, fstest.MapFS{".dockerenv": file, "data": dir}, "/var/lib/a"},
	} {
		if got := stateDirectory(c.says.lookup, c.there); got != c.want {
			t.Errorf("%v, %v: %s, want %s", c.says, c.there, got, c.want)
		}
	}
}
