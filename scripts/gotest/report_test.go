package main

import (
	"strings"
	"testing"
	"time"
)

// told feeds lines of go test -json. A line "wait" is a time without any.
func told(lines ...string) string {
	var out strings.Builder
	clock := time.Unix(0, 0)
	r := newReport(&out, "race", func() time.Time { return clock })
	for _, line := range lines {
		clock = clock.Add(3 * time.Second)
		if line == "wait" {
			r.waiting()
			continue
		}
		r.line([]byte(line + "\n"))
	}
	return out.String()
}

func TestReport(t *testing.T) {
	const begins = `{"Action":"start","Package":"m/resp"}`
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"a package that passes", []string{begins,
			`{"Action":"run","Package":"m/resp","Test":"TestA"}`,
			`{"Action":"output","Package":"m/resp","Test":"TestA","Output":"noise\n"}`,
			`{"Action":"pass","Package":"m/resp","Test":"TestA","Elapsed":1.94}`,
			`{"Action":"run","Package":"m/resp","Test":"TestB"}`,
			`{"Action":"skip","Package":"m/resp","Test":"TestB","Elapsed":0}`,
			`{"Action":"pass","Package":"m/resp","Elapsed":5.26}`,
		}, "race: ok resp, 5.3s, 1 skipped\n"},
		{"a long test", []string{begins,
			`{"Action":"run","Package":"m/resp","Test":"TestA"}`,
			`{"Action":"pass","Package":"m/resp","Test":"TestA/part","Elapsed":7}`,
			`{"Action":"pass","Package":"m/resp","Test":"TestA","Elapsed":0}`,
		}, "race: resp.TestA took 7s\n"},
		{"a test that fails", []string{begins,
			`{"Action":"output","Package":"m/resp","Test":"TestB","Output":"of another\n"}`,
			`{"Action":"output","Package":"m/resp","Test":"TestA/part","Output":"why\n"}`,
			`{"Action":"fail","Package":"m/resp","Test":"TestA/part","Elapsed":0.1}`,
			`{"Action":"fail","Package":"m/resp","Test":"TestA","Elapsed":0.1}`,
			`{"Action":"output","Package":"m/resp","Output":"FAIL\n"}`,
			`{"Action":"fail","Package":"m/resp","Elapsed":0.2}`,
		}, "why\nrace: FAIL resp.TestA, 100ms\nFAIL\nrace: FAIL resp, 200ms\n"},
		{"what comes from a build that fails, or from nobody", []string{
			`{"ImportPath":"m/resp","Action":"build-output","Output":"resp.go:1: no\n"}`,
			`go: no such module`,
		}, "resp.go:1: no\ngo: no such module\n"},
		{"a cached result", []string{begins,
			`{"Action":"output","Package":"m/resp","Output":"ok  \tm/resp\t(cached)\n"}`,
			`{"Action":"pass","Package":"m/resp","Elapsed":0}`,
		}, "race: ok resp, 0s, as before (cached)\n"},
		{"a wait for the build", []string{"wait"}, "race: ... building\n"},
		{"a wait for a package", []string{begins, "wait"}, "race: ... resp begins or ends\n"},
		{"a wait for tests", []string{begins,
			`{"Action":"run","Package":"m/resp","Test":"TestA"}`,
			`{"Action":"run","Package":"m/resp","Test":"TestB"}`,
			`{"Action":"pause","Package":"m/resp","Test":"TestB"}`,
			`{"Action":"run","Package":"m/resp","Test":"TestC"}`,
			"wait",
		}, "race: ... resp.TestA for 12s, resp.TestC for 3s\n"},
	} {
		if got := told(c.lines...); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}
