//go:build linux

package main

import (
	"cmp"
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
func printMachine(out io.Writer, p plan, all programs, now time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Prefix Tracker beside its peers\n\n")
	fmt.Fprintf(&b, "- machine: %s, %d cores, %s/%s, Linux %s, load average %s\n",
		cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, firstWord("/proc/sys/kernel/osrelease"), firstWord("/proc/loadavg"))
	all.ours.name = "ours"
	for _, p := range append([]program{all.ours}, all.rivals...) {
		from := ""
		if p.kin {
			from = ", " + p.origin
		}
		fmt.Fprintf(&b, "- %s: %s%s, with%s\n", p.name, p.version, from, cmp.Or(typed(p.flags), " no flags"))
	}
	fmt.Fprintf(&b, "- date: %s\n", now.Format(time.RFC3339))
	fmt.Fprintf(&b, "- command: %s\n", commandLine(os.Args[1:]))
	fmt.Fprintf(&b, "- method: %s in turns, a new server for each measurement of %s after %s of warm-up; "+
		"medians, and for ratios the median, smallest and largest of the pairs; %d connections over loopback from %s, "+
		"not pinned; random IDs of 7 digits, the same to both\n",
		plural(p.pairs, "pair"), p.length, p.warmUp(), p.connections, plural(p.threads, "thread"))
	if p.short {
		b.WriteString("- a short run: it shows that the program works, its figures mean little\n")
	}
	_, err := fmt.Fprintln(out, b.String())
	return err
}

// commandLine is what was typed, fit to be typed again.
func commandLine(args []string) string {
	return "go run ./bench/peers" + typed(args)
}

// typed is words as they are typed, each behind a blank.
func typed(words []string) (line string) {
	for _, arg := range words {
		if arg == "" || strings.ContainsAny(arg, " \t\n*?[](){}<>|&;$`\"'\\#~") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		line += " " + arg
	}
	return line
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

const unknown = "unknown"

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return unknown
	}
	for l := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

// firstWord of a file: /proc/loadavg's tells a quiet machine from a busy one.
func firstWord(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return unknown
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	return word
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
