//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// occupancy is who had the machine's CPU time until a moment. It tells whether
// a run had the machine to itself.
type occupancy struct {
	all    time.Duration // of all cores, idle or not
	used   time.Duration // by programs
	stolen time.Duration // by the host of a virtual machine
	own    time.Duration // of used, by this program and those it started
}

func occupancyNow() (occupancy, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return occupancy{}, fmt.Errorf("CPU time of the machine: %w", err)
	}
	o, err := parseOccupancy(string(stat))
	if err != nil {
		return occupancy{}, err
	}
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			return occupancy{}, fmt.Errorf("CPU time of this program: %w", err)
		}
		o.own += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return o, nil
}

// parseOccupancy reads the first line of /proc/stat.
func parseOccupancy(stat string) (occupancy, error) {
	const tick = 10 * time.Millisecond
	var user, nice, system, idle, iowait, irq, softirq, steal time.Duration
	if n, err := fmt.Sscanf(stat, "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &iowait, &irq, &softirq, &steal); n < 8 {
		first, _, _ := strings.Cut(stat, "\n")
		return occupancy{}, fmt.Errorf("CPU time of the machine: %q: %w", first, err)
	}
	used := user + nice + system + irq + softirq
	return occupancy{all: (used + idle + iowait + steal) * tick, used: used * tick, stolen: steal * tick}, nil
}

// since says in words what happened from before to o.
func (o occupancy) since(before occupancy) string {
	all := float64(o.all - before.all)
	if all <= 0 {
		return "no CPU time was counted"
	}
	own := o.own - before.own
	others := max(o.used-before.used-own, 0)
	return fmt.Sprintf("of the machine's CPU time this run used %.0f %%, other programs %.0f %%, and its host took %.0f %%",
		100*float64(own)/all, 100*float64(others)/all, 100*float64(o.stolen-before.stolen)/all)
}
