package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
	urfave "github.com/urfave/cli/v2"
)

// idsTracker is the tracker that a run asks for IDs: one that is there, or one in this program.
type idsTracker struct {
	options  remote.Options
	embedded bool
	store    string // its URL
	inside   *embedded
	from     string // the store that it must be told of for a sync, "" for its own
}

// tracker is the one that the command line names.
func (r *runner) tracker(c *urfave.Context, before flagSet, settings *config, password string) (t *idsTracker, err error) {
	if !c.IsSet("ids") {
		for _, name := range idsOnly {
			if c.IsSet(name) {
				return nil, fmt.Errorf("--%s is for a tracker elsewhere: it needs --ids", name)
			}
		}
		return &idsTracker{embedded: true}, nil
	}
	where := c.String("ids")
	t = &idsTracker{options: remote.Options{Network: "tcp", Address: where, Password: password}}
	withTLS := c.Bool("tls")
	switch {
	case strings.ContainsRune(where, '/'):
		t.options.Network = "unix"
		if withTLS {
			return nil, errors.New("--tls is for a tracker at HOST:PORT: a Unix socket has none")
		}
		return t, nil
	case withTLS:
	case slices.ContainsFunc([]string{"tls-cert", "tls-key", "tls-ca", insecureName}, c.IsSet):
		return nil, errors.New("certificates are for --tls, which is missing")
	}
	if _, err = address().read(where); err != nil {
		return nil, fmt.Errorf("invalid value %q for --ids: must be %s, or the path of a Unix socket", where, address().must)
	}
	if withTLS {
		t.options.TLS, err = settings.tls.clientTLS(where, c.Bool(insecureName))
	}
	return t, err
}

// begin has the tracker be there, and know what the store has.
func (t *idsTracker) begin(ctx context.Context, settings []row, w *workload.Workload) (err error) {
	if t.embedded {
		if t.inside, err = startEmbedded(settings, t.store); err != nil {
			return err
		}
		t.options = t.inside.options
	}
	client, err := t.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	s := &syncer{server: client, beside: true}
	if t.embedded {
		// Before the store is read: its keys are those that the prefix writes.
		if err = driver.CreatePrefix(ctx, client, w); err != nil {
			return err
		}
		return t.load(ctx, s, w.Prefix)
	}
	if slices.ContainsFunc(w.Phases, func(p workload.Phase) bool { return p.Sync != "" }) {
		t.from, err = s.otherStore(ctx, t.store, false)
	}
	return err
}

// load has an embedded tracker know all keys of the prefix, so that it is exact from the first operation on.
func (t *idsTracker) load(ctx context.Context, s *syncer, prefix string) (err error) {
	if s.runID, err = s.askRunID(ctx); err != nil {
		return err
	}
	job, err := s.run(ctx, remote.SyncRequest{Prefix: prefix, Mode: syncModes[0]})
	if err == nil {
		err = whyNot(ctx, &job)
	}
	if err != nil {
		return fmt.Errorf("what the store has of %q: %w", prefix, err)
	}
	return nil
}

func (t *idsTracker) dial(ctx context.Context) (*remote.Client, error) {
	return remote.Dial(ctx, t.options)
}

// close ends a tracker that is in this program.
func (t *idsTracker) close() {
	if t.inside != nil {
		t.inside.stop()
	}
}
