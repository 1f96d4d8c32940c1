package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
)

// PT.SYNC STATUS [id]
var ptSyncStatusSpec = &engine.Spec{
	Name: "PT.SYNC|STATUS", Arity: -2, Flags: []string{"readonly"},
	Long:       true,
	Group:      groupSync,
	Summary:    "Tells of a job, or of the last 32, the newest first.",
	Complexity: "O(n) for n jobs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "id", Type: engine.Integer, Optional: true, Read: parseNatural}},
	Reply: "map, or array of maps: id, prefix, store, mode, dry_run, state (running, done, stopped or failed), phase, elapsed_ms, size, visited, scanned, found, " +
		"unparsable, out_of_range, added, stale, missing, changing, repaired, left, unknown, error, unparsable_keys, stale_keys, missing_keys",
	Unwatched: true,
	Redact:    redactSync,
	Run:       run(ptSyncStatus),
}

func ptSyncStatus(c *session, args [][]byte) error {
	switch {
	case len(args) > 1:
		return engine.ErrSyntax
	case c.config.Sync == nil:
		return errNoSync
	case len(args) == 0:
		jobs := c.config.Sync.Figures().Jobs
		c.Array(len(jobs))
		for i := range jobs {
			c.replyJob(&jobs[i])
		}
		return nil
	}
	id, err := parseNatural(args[0])
	if err != nil {
		return err
	}
	job, ok := c.config.Sync.Job(id)
	if !ok {
		return errNoJob
	}
	c.replyJob(&job)
	return nil
}

func (c *session) replyJob(j *observe.SyncJob) {
	texts := func(name, s string) {
		c.BulkString(name)
		c.BulkString(s)
	}
	keys := func(name string, list []string) {
		c.BulkString(name)
		c.Array(len(list))
		for _, key := range list {
			c.BulkString(key)
		}
	}
	numbers := func(fields ...syncNumber) {
		for _, f := range fields {
			c.BulkString(f.name)
			c.Int(int64(f.n))
		}
	}
	c.Map(25)
	numbers(syncNumber{"id", j.ID})
	texts("prefix", j.Prefix)
	texts("store", j.Store)
	texts("mode", j.Mode)
	c.BulkString("dry_run")
	c.Bool(j.DryRun)
	texts("state", j.State)
	texts("phase", j.Phase)
	numbers(syncNumber{"elapsed_ms", uint64(jobElapsed(j).Milliseconds())})
	numbers(syncNumbers(j)...)
	texts("unknown", j.Unknown)
	texts("error", j.Error)
	keys("unparsable_keys", j.UnparsableKeys)
	keys("stale_keys", j.StaleKeys)
	keys("missing_keys", j.MissingKeys)
}
