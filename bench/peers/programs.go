//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// program is a server that can be measured.
type program struct {
	name    string // "Redis"
	version string
	origin  string // of ours: what it was built from
	path    string
	flags   []string
	// address says where to listen, in the program's own words.
	address func(port string) []string
}

const module = "github.com/prefixtracker/prefixtracker"

// programs are this server, which is never missing, and the rivals found.
type programs struct {
	ours   program
	rivals []program
}

// findPrograms builds this server into dir, unless built says where one is,
// and looks for the rivals.
func findPrograms(ctx context.Context, dir, built, flags string) (programs, error) {
	origin := "program " + built
	if built == "" {
		origin = fmt.Sprintf("commit %s, %s", commit(), runtime.Version())
		built = filepath.Join(dir, "prefixtracker")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", built, module).CombinedOutput(); err != nil {
			return programs{}, fmt.Errorf("building %s: %w\n%s", module, err, out)
		}
	}
	built, err := filepath.Abs(built) // servers run in dir
	if err != nil {
		return programs{}, fmt.Errorf("program %s: %w", built, err)
	}
	var all programs
	if all.ours, err = versioned(ctx, program{
		name: "Prefix Tracker", origin: origin, path: built, flags: strings.Fields(flags),
		address: func(port string) []string { return []string{"--addr", "127.0.0.1:" + port} },
	}); err != nil {
		return programs{}, err
	}
	for _, p := range []program{{name: "Redis", path: "redis-server"}, {name: "Valkey", path: "valkey-server"}} {
		if p.path, err = exec.LookPath(p.path); err != nil {
			continue
		}
		p.flags = []string{"--save", "", "--appendonly", "no"} // persistence off
		p.address = func(port string) []string { return []string{"--bind", "127.0.0.1", "--port", port} }
		if p, err = versioned(ctx, p); err != nil {
			return programs{}, err
		}
		all.rivals = append(all.rivals, p)
	}
	if len(all.rivals) == 0 {
		return programs{}, errors.New("neither redis-server nor valkey-server is in PATH")
	}
	return all, nil
}

// versioned asks a program for its version.
func versioned(ctx context.Context, p program) (program, error) {
	out, err := exec.CommandContext(ctx, p.path, "--version").Output()
	if err != nil {
		return program{}, fmt.Errorf("%s --version: %w", p.path, err)
	}
	p.version, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return p, nil
}
