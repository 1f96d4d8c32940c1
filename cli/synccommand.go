package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/store"
	urfave "github.com/urfave/cli/v2"
)

// Exit codes of sync. A wrong flag is a failure, too: nobody may take it for a difference.
const (
	syncDiffers = 1
	syncFailed  = 2
)

// syncModes are what a sync may do, the first of them if nobody says.
var syncModes = []string{"load", "verify", "repair"}

// syncCommand has a server make prefixes agree with their store, and shows how it does.
func syncCommand(settings []row, before flagSet) *urfave.Command {
	r := newAsking(settings, "store")
	return &urfave.Command{
		Name:  "sync",
		Usage: "have a server take over what a store has, compare, or make them agree",
		Description: "The server does it, with its own --store, and goes on if this program is cut off from it.\n" +
			"Take over a store:  prefixtracker sync --prefix vec:\n" +
			"Does it agree?      prefixtracker sync --prefix vec: --mode verify\n" +
			"Make it agree:      prefixtracker sync --prefix vec: --prefix doc: --mode repair\n" +
			"Another store:      prefixtracker sync --prefix vec: --store redis://user:password@10.0.0.7:6379\n" +
			"For programs:       prefixtracker sync --prefix vec: --mode verify --json | tail -n 1\n" +
			"The exit code is 0 if all agrees, 1 if something differs, and 2 if that is not known.\nCtrl-C stops it; what was done by then stays done.",
		Flags: append(r.askingFlags(),
			&urfave.StringSliceFlag{Name: "prefix", Usage: "the `PREFIX`; several are looked at one after the other"},
			&urfave.StringFlag{Name: "mode", Value: syncModes[0], Usage: "`" + strings.Join(syncModes, "|") +
				"`: add what the store has, only tell how they differ, or make the prefix agree"},
			&urfave.BoolFlag{Name: "dry-run", Usage: "change nothing: tell what would be changed"},
			&urfave.DurationFlag{Name: "settle", Usage: "look at what is wrong again after this `TIME`", DefaultText: "--sync-settle of the server"},
			&urfave.BoolFlag{Name: "json", Usage: "print a JSON object in each second and a last one, for each prefix"}),
		OnUsageError: func(_ *urfave.Context, err error, _ bool) error { return endedWith(syncFailed, err) },
		Action: func(c *urfave.Context) error {
			code, err := r.sync(c, before)
			switch {
			case err != nil:
				return endedWith(syncFailed, err)
			case code != 0:
				return ending{code: code}
			}
			return nil
		},
	}
}

var errNoPrefix = errors.New("sync needs a --prefix: see prefixtracker sync --help")

// sync returns the exit code of what has been said already, or what is wrong.
func (r *reach) sync(c *urfave.Context, before flagSet) (code int, err error) {
	prefixes, q := c.StringSlice("prefix"), remote.SyncRequest{Mode: c.String("mode"), DryRun: c.Bool("dry-run"), Settle: c.Duration("settle")}
	switch {
	case noArguments(c) != nil:
		return 0, noArguments(c)
	case len(prefixes) == 0 || slices.Contains(prefixes, ""):
		return 0, errNoPrefix
	case !slices.Contains(syncModes, q.Mode):
		return 0, fmt.Errorf("invalid value %q for --mode: must be one of %s", q.Mode, strings.Join(syncModes, ", "))
	case c.IsSet("settle") && (q.Settle < time.Millisecond || q.Settle > longestSettle):
		return 0, fmt.Errorf("invalid value %q for --settle: must be %s", q.Settle, settle().must)
	}
	said, _, err := r.read(before)
	if err != nil {
		return 0, err
	}
	server, err := r.dial(c, before)
	if err != nil {
		return 0, err
	}
	defer server.Close()
	s := &syncer{server: server, out: c.App.Writer, json: c.Bool("json")}
	if s.runID, err = s.askRunID(c.Context); err != nil {
		return 0, err
	}
	if q.From, err = s.otherStore(c.Context, said.sync.store, r.isGiven("store", before)); err != nil {
		return 0, err
	}
	for _, q.Prefix = range prefixes {
		code = max(code, s.sync(c.Context, q))
		if s.gone {
			break
		}
	}
	return code, nil
}

var errNoStore = errors.New("the server has no store: name it with --store, here or where the server is started")

// otherStore is the store that the server must be told of, "" for its own. Variables and
// files say the same to this program as to the server that they may be for: nothing new, then.
func (s *syncer) otherStore(ctx context.Context, url string, isGiven bool) (string, error) {
	named := ""
	if url != "" {
		opened, err := store.Open(url)
		if err != nil {
			return "", fmt.Errorf("--store: %w", err)
		}
		defer opened.Close()
		named = opened.String()
	}
	if isGiven {
		return url, nil
	}
	ctx, end := context.WithTimeout(ctx, answerTime)
	defer end()
	own, err := s.server.Setting(ctx, "store")
	switch {
	case err != nil:
		return "", err
	case own == "" && url == "":
		return "", errNoStore
	case own == named:
		return "", nil
	}
	return url, nil
}
