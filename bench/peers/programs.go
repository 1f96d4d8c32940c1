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
	origin  string // of ours, and another build of it: where it is from
	path    string
	flags   []string
	kin     bool // it is this server, or another build of it, and has our commands
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
// and finds the rivals: the build at against alone, or else what is in PATH.
func findPrograms(ctx context.Context, dir, built, against string, flags, againstFlags []string) (programs, error) {
	origin := "program " + built
	if built == "" {
		origin = fmt.Sprintf("commit %s, %s", commit(), runtime.Version())
		built = filepath.Join(dir, "prefixtracker")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", built, module).CombinedOutput(); err != nil {
			return programs{}, fmt.Errorf("building %s: %w\n%s", module, err, out)
		}
	}
	ours, err := ownBuild(ctx, "Prefix Tracker", built, origin, flags)
	if err != nil {
		return programs{}, err
	}
	if against != "" {
		other, err := ownBuild(ctx, anotherBuild, against, "program "+against, againstFlags)
		return programs{ours, []program{other}}, err
	}
	rivals, err := installedRivals(ctx, againstFlags)
	return programs{ours, rivals}, err
}

// ownBuild is this server, in the build at path.
func ownBuild(ctx context.Context, name, path, origin string, flags []string) (program, error) {
	absolute, err := filepath.Abs(path) // servers run in a directory of theirs
	if err != nil {
		return program{}, fmt.Errorf("program %s: %w", path, err)
	}
	return versioned(ctx, program{
		name: name, origin: origin, path: absolute, flags: flags, kin: true,
		address: func(port string) []string { return []string{"--addr", "127.0.0.1:" + port} },
	})
}

// installedRivals returns those in PATH: one at least. They keep nothing, but for
// what more flags say.
func installedRivals(ctx context.Context, more []string) ([]program, error) {
	var all []program
	for _, p := range []program{{name: "Redis", path: "redis-server"}, {name: "Valkey", path: "valkey-server"}} {
		var err error
		if p.path, err = exec.LookPath(p.path); err != nil {
			continue
		}
		p.flags = append([]string{"--save", "", "--appendonly", "no"}, more...) // the last one counts
		p.address = func(port string) []string { return []string{"--bind", "127.0.0.1", "--port", port} }
		if p, err = versioned(ctx, p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, errors.New("neither redis-server nor valkey-server is in PATH")
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
