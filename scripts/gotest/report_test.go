package main

import (
	"fmt"
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
		switch line {
		case "wait":
			r.waiting()
		case "end":
			r.end()
		default:
			r.line([]byte(line + "\n"))
		}
	}
	return out.String()
}

func output(test, line string) string {
	return fmt.Sprintf(`{"Action":"output","Package":"m/resp","Test":%q,"Output":%q}`, test, line+"\n")
}

// However much fails, why it does fits in the end of a log that somebody looks at.
func TestReport_WhyIsShort(t *testing.T) {
	var lines []string
	for part := range 20 {
		name := fmt.Sprintf("TestA/%d", part)
		for i := range 50 {
			lines = append(lines, output(name, fmt.Sprintf("    a_test.go:%d: %s", i, strings.Repeat("x", 1000))))
		}
		lines = append(lines, fmt.Sprintf(`{"Action":"fail","Package":"m/resp","Test":%q}`, name))
	}
	got := strings.Split(told(append(lines, "end")...), "\n")
	for i, want := range []string{"race: why:", "  resp.TestA/0", "    a_test.go:0: x", "    a_test.go:1: x"} {
		if !strings.HasPrefix(got[i], want) || len(got[i]) > 400 {
			t.Errorf("line %d is %q, want %q", i, got[i], want)
		}
	}
	if len(got) > 35 || !strings.Contains(strings.Join(got, "\n"), "a_test.go:49: ") || !strings.Contains(strings.Join(got, "\n"), "40 more") {
		t.Errorf("%d lines, or not the last reason among them:\n%s", len(got), strings.Join(got, "\n"))
	}
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
		{"why a test failed, behind what it printed", []string{begins,
			output("TestA/good", "    a_test.go:1: no matter"), `{"Action":"pass","Package":"m/resp","Test":"TestA/good"}`,
			output("TestA/bad", "    a_test.go:70: why"), output("TestA/bad", "        more"), output("TestA/bad", "        and more"),
			output("TestA/bad", "        and more"), output("TestA/bad", "        and more"),
			output("TestA/bad", "        and too much"), output("TestA/bad", "    of a server"), output("TestA/bad", "        of its log"),
			`{"Action":"fail","Package":"m/resp","Test":"TestA/bad"}`,
			`{"Action":"fail","Package":"m/resp","Test":"TestA"}`,
			output("TestB", "panic: test timed out"), output("TestB", "\trunning tests:"), output("TestB", "\t\tTestB (1s)"), output("TestB", "goroutine 1"),
			`{"Action":"fail","Package":"m/resp","Test":"TestB"}`,
			`{"Action":"fail","Package":"m/resp"}`,
			"end",
		}, "    a_test.go:1: no matter\n    a_test.go:70: why\n        more\n        and more\n        and more\n        and more\n        and too much\n    of a server\n        of its log\nrace: FAIL resp.TestA, 0s\n" +
			"panic: test timed out\n\trunning tests:\n\t\tTestB (1s)\ngoroutine 1\nrace: FAIL resp.TestB, 0s\nrace: FAIL resp, 0s\n" +
			"race: why:\n  resp.TestA/bad\n    a_test.go:70: why\n        more\n        and more\n        and more\n        and more\n  resp.TestB\n    panic: test timed out\n\trunning tests:\n\t\tTestB (1s)\n"},
		{"a program that ends before its tests", []string{begins,
			`{"Action":"run","Package":"m/resp","Test":"TestA"}`, output("TestA", "    a_test.go:1: at work"),
			`{"Action":"run","Package":"m/resp","Test":"TestB"}`, output("TestB/part", "panic: test timed out"), output("TestB/part", "\trunning tests:"),
			`{"Action":"fail","Package":"m/resp"}`,
			"end",
		}, "    a_test.go:1: at work\nrace: FAIL resp.TestA, which did not end\n" +
			"panic: test timed out\n\trunning tests:\nrace: FAIL resp.TestB, which did not end\nrace: FAIL resp, 0s\n" +
			"race: why:\n  resp.TestB/part\n    panic: test timed out\n\trunning tests:\n"},
	} {
		if got := told(c.lines...); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}
