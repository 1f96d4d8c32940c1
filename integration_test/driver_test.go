package integration_test

import (
	"context"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/remote"
	target "github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/workload"
)

// driverOn is where a driver finds a tracker and a store.
func driverOn(t *testing.T, tracker *server, storeURL string) driver.Options {
	t.Helper()
	opened, err := target.Open(storeURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return driver.Options{
		Store:    opened,
		SyncFrom: storeURL,
		IDs: func(ctx context.Context) (*remote.Client, error) {
			return remote.Dial(ctx, remote.Options{Network: "tcp", Address: tracker.addr})
		},
	}
}

// operation is one of a phase, whose IDs are chosen so.
func operation(t *testing.T, command string, share uint64, choose workload.Choice) workload.Op {
	t.Helper()
	template, err := workload.ParseTemplate(command)
	if err != nil {
		t.Fatal(err)
	}
	return workload.Op{Name: template.Name(), Share: share, Command: template, Choose: choose}
}

// phaseOf is a phase with a few clients.
func phaseOf(name string, ops ...workload.Op) workload.Phase {
	return workload.Phase{Name: name, Ops: ops, Clients: 8, Threads: 2, Pipeline: 4, Lease: 10 * time.Second}
}

// mustRunPhases runs phases on IDs below keys.
func mustRunPhases(t *testing.T, o driver.Options, keys uint64, phases ...workload.Phase) []driver.Result {
	t.Helper()
	w := &workload.Workload{Prefix: "vec:", Keys: keys, Seed: 1, Value: workload.Size{Min: 64, Max: 64}, Phases: phases}
	results, err := driver.Run(t.Context(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(phases) {
		t.Fatalf("%d results of %d phases", len(results), len(phases))
	}
	for i := range results {
		for _, warning := range results[i].Warnings {
			t.Logf("%s: %s", results[i].Phase, warning)
		}
	}
	return results
}
