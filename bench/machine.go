package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// printMachine says where and how the figures came about: without it they
// cannot be compared with any others.
func printMachine(out io.Writer, m meter, now time.Time) error {
	_, err := fmt.Fprintf(out, `# Prefix Tracker benchmark

- machine: %s, %d cores (GOMAXPROCS %d), %s/%s, load average %s
- Go: %s
- commit: %s
- date: %s
- command: %s
- method: %d rounds of about %s per subject, taking turns; ns per operation; nothing subtracted

`,
		cpuModel(), runtime.NumCPU(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH, loadAverage(),
		runtime.Version(), commit(), now.Format(time.RFC3339), strings.Join(append([]string{"go run ./bench"}, os.Args[1:]...), " "), m.rounds, m.length)
	return err
}

const unknown = "unknown"

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return unknown
	}
	for l := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

// loadAverage tells a quiet machine from a busy one.
func loadAverage() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return unknown
	}
	one, _, _ := strings.Cut(string(load), " ")
	return one
}

func commit() string {
	head, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return unknown
	}
	hash := strings.TrimSpace(string(head))
	if changes, err := exec.Command("git", "status", "--porcelain").Output(); err != nil || len(changes) > 0 {
		hash += "-dirty"
	}
	return hash
}
