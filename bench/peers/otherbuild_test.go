//go:build linux

package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// Every kind of work is there once, the same on both sides, whoever it is
// measured against otherwise.
func TestBesideAnotherBuild_SidesAreTheSame(t *testing.T) {
	rows := besideAnotherBuild(loadRows())
	seen := make(map[string]bool)
	for _, r := range rows {
		if seen[r.work] {
			t.Errorf("%s is there twice", r.work)
		}
		seen[r.work] = true
		if r.itself || r.against == "" || !slices.Equal(r.ours.command, r.theirs.command) || r.ours.pipeline != r.theirs.pipeline {
			t.Errorf("%s: the sides differ", r.name())
		}
		if reflect.ValueOf(r.ours.prepare).Pointer() != reflect.ValueOf(r.theirs.prepare).Pointer() || (r.ours.check == nil) != (r.theirs.check == nil) {
			t.Errorf("%s: the sides begin or end differently", r.name())
		}
		if !r.cpu.met(1.03) || r.cpu.met(1.04) || r.halfPeak != r.throughput.met(0.96) {
			t.Errorf("%s: goals %v and %v", r.name(), r.throughput, r.cpu)
		}
	}
	for _, r := range loadRows() {
		if !seen[r.work] {
			t.Errorf("%s is missing", r.work)
		}
	}
}

// Each build gets its flags, and no other rival takes part.
func TestFindPrograms_AnotherBuild(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	for _, name := range []string{"new", "old", "redis-server"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho version of $0\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	flags, theirs := []string{"--max-count", "5"}, []string{"--appendonly", "no"}
	t.Chdir(dir)
	found, err := findPrograms(t.Context(), dir, "./new", "./old", flags, theirs)
	if err != nil || len(found.rivals) != 1 {
		t.Fatalf("%d rivals, %v", len(found.rivals), err)
	}
	for _, c := range []struct {
		p     program
		file  string
		flags []string
	}{{found.ours, "new", flags}, {found.rivals[0], "old", theirs}} {
		path := filepath.Join(dir, c.file)
		if c.p.path != path || c.p.version != "version of "+path || !c.p.kin || !slices.Equal(c.p.flags, c.flags) {
			t.Errorf("%+v, want %s", c.p, path)
		}
	}
	b := bench{programs: found}
	sides := b.contestants(besideAnotherBuild(loadRows())[0])
	if len(sides) != 2 || sides[1].who != anotherBuild || sides[1].program.path != found.rivals[0].path {
		t.Errorf("%+v take turns", sides)
	}
	if _, err := findPrograms(t.Context(), dir, "./new", "./missing", flags, theirs); err == nil {
		t.Error("a rival that is not there is taken")
	}
}
