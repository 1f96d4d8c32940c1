package cli

import (
	"context"
	"errors"
	"testing"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// startKeeping keeps what one of nobody's clients does in dir.
func startKeeping(t *testing.T, ctx context.Context, dir string) (*keeper, *tracker.Registry, error) {
	t.Helper()
	c, err := readSettings(rows(), nothing, givenFlags("--dir", dir))
	if err != nil {
		t.Fatal(err)
	}
	registry, err := tracker.NewRegistry(c.trackers, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	handler := commands.New(registry, commands.Options{Loading: true})
	k := newKeeper(c.kept)
	return k, registry, k.keep(ctx, registry, handler.Engine, zerolog.Nop(), resp.NewServer(handler, zerolog.Nop(), c.server))
}

// Who stops a server that reads what was kept does not wait for the rest, and it can be read later.
func TestKeep_StopsWhileItReads(t *testing.T) {
	dir := t.TempDir()
	k, registry, err := startKeeping(t, t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Create("x:", tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	if err := k.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := startKeeping(t, stopped, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("it goes on: %v", err)
	}
	k, registry, err = startKeeping(t, t.Context(), dir)
	if err != nil || registry.Get("x:") == nil {
		t.Errorf("it does not come back: %v", err)
	}
	if err := k.close(t.Context()); err != nil {
		t.Error(err)
	}
}

// What CONFIG SET changes reaches the log, also while that is still being read.
func TestKeep_SettingsReachTheLog(t *testing.T) {
	k, _, err := startKeeping(t, t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	set := func(k *keeper, p journal.Policy) {
		for _, s := range configured(rows(), &running{keeper: k}) {
			if s.Name == "appendfsync" {
				change, err := s.Set(policies[p])
				if err != nil {
					t.Fatal(err)
				}
				change()
			}
		}
	}
	set(k, journal.Always)
	if got := k.log.Policy(); got != journal.Always {
		t.Errorf("the log's policy is %s", policies[got])
	}
	early := newKeeper(k.settings())
	set(early, journal.No)
	early.take(k.log)
	if got := k.log.Policy(); got != journal.No {
		t.Errorf("the policy that was set before there was a log is %s", policies[got])
	}
	if err := k.close(t.Context()); err != nil {
		t.Error(err)
	}
}
