package integration_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What the tests measure of a server from outside.

// infoField returns a number of INFO.
func infoField(t *testing.T, c *client, name string) int64 {
	t.Helper()
	return infoOf(t, c, "all", name)
}

// infoOf returns a number of a section of INFO.
func infoOf(t *testing.T, c *client, section, name string) int64 {
	t.Helper()
	text := c.mustReply(t, "INFO", section).text
	_, rest, found := strings.Cut(text, "\r\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.ParseInt(value, 10, 64)
	if !found || err != nil {
		t.Fatalf("INFO has no number %s:\n%s", name, text)
	}
	return n
}

// onLinux skips a test that reads /proc elsewhere.
func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
}

// residentBytes is the memory that the process has, as the system counts it.
func (p *process) residentBytes(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// mostResidentBytes is the most memory that the process has ever had, as the system counts it.
func (p *process) mostResidentBytes(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\nVmHWM:")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		t.Fatalf("no most memory in\n%s", text)
	}
	return int64(atoi(t, fields[0])) << 10
}

// cpuTime is the processor time that the process has used.
func (p *process) cpuTime(t *testing.T) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	// The name in parentheses may hold anything; utime and stime are the 12th and 13th behind it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks := time.Duration(atoi(t, fields[11]) + atoi(t, fields[12]))
	return ticks * time.Second / 100
}

// mustRest wants the process to use next to no processor time any more.
func (p *process) mustRest(t *testing.T) {
	t.Helper()
	const window = 200 * time.Millisecond
	eventually(t, "the server rests", func() bool {
		before := p.cpuTime(t)
		time.Sleep(window)
		return p.cpuTime(t)-before <= window/10
	})
}

// openFiles is how many descriptors the process has.
func (p *process) openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// needDescriptors makes room for n open files in this process, or skips the test; with CI=true
// it fails: there nothing may go untested unseen.
func needDescriptors(t *testing.T, n uint64) {
	t.Helper()
	n += 1000 // other tests' files
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if uint64(limit.Cur) >= n {
		return
	}
	raise(&limit.Cur, n)
	raise(&limit.Max, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		message := fmt.Sprintf("needs %d file descriptors: %v", n, err)
		if os.Getenv("CI") == "true" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
}

// raise makes a limit n at least. Systems differ in whether it has a sign.
func raise[T int64 | uint64](limit *T, n uint64) { *limit = max(*limit, T(n)) }

func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
