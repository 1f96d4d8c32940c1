package commands

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/reconcile"
)

var (
	optFrom = &engine.Arg{Name: "url", Type: engine.String, Token: "FROM", Optional: true, Read: checkStoreURL}
	optMode = &engine.Arg{Name: "mode", Type: engine.OneOf, Token: "MODE", Optional: true, Read: noSyncMode, Args: []*engine.Arg{
		engine.Token("LOAD"), engine.Token("VERIFY"), engine.Token("REPAIR")}}
	optDryRun = engine.Flag("DRYRUN")
	optSettle = &engine.Arg{Name: "ms", Type: engine.Integer, Token: "SETTLE", Optional: true, Read: parseSettle}
)

// PT.SYNC START prefix [FROM url] [MODE LOAD|VERIFY|REPAIR] [DRYRUN] [SETTLE ms]
var ptSyncStartSpec = &engine.Spec{
	Name: "PT.SYNC|START", Arity: -3,
	FirstKey: 1, LastKey: 1, Step: 1,
	// A URL may name files and hosts, at which a store is looked for in time.
	Long:       true,
	Group:      groupSync,
	Summary:    "Begins to add what a store has of a prefix (LOAD, as without MODE), to tell where they differ (VERIFY), or to make the prefix agree (REPAIR). The work goes on beside it. Who may say FROM: see --enable-sync-from.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optFrom, optMode, optDryRun, optSettle},
	Reply:      "id of the job",
	BadOption:  func([]byte) error { return errSyncOption },
	Redact:     redactSync,
	Run:        run(ptSyncStart),
}

// maxStoreURL is the bytes of a store's URL, longer than any that has a use.
const maxStoreURL = 4096

// maxSettle is the most milliseconds between two looks.
const maxSettle = uint64(time.Hour / time.Millisecond)

func ptSyncStart(c *session, args [][]byte) error {
	from := c.Options.Has(optFrom)
	switch {
	case c.config.Sync == nil:
		return errNoSync
	case from && !c.has(c.config.SyncFrom):
		return errSyncFrom
	}
	q := reconcile.Request{
		Prefix: string(args[0]),
		Mode:   reconcile.Load,
		DryRun: c.Options.Has(optDryRun),
		Settle: time.Duration(c.Options.Number(optSettle)) * time.Millisecond,
	}
	if from {
		q.Store = string(c.Options.Word(optFrom))
	}
	switch c.Options.Chose(optMode) {
	case "VERIFY":
		q.Mode = reconcile.Verify
	case "REPAIR":
		q.Mode = reconcile.Repair
	}
	id, err := c.config.Sync.Start(q)
	if err != nil {
		return err
	}
	c.Int(int64(id))
	return nil
}

// checkStoreURL refuses what cannot be a URL, or would not be one line of a log.
func checkStoreURL(b []byte) (uint64, error) {
	if len(b) == 0 || len(b) > maxStoreURL || slices.ContainsFunc(b, func(c byte) bool { return c <= ' ' || c == 0x7f }) {
		return 0, errStoreURL
	}
	return 0, nil
}

// noSyncMode refuses what is no mode. The word is not repeated: it may be a URL, and
// errors are read by others.
func noSyncMode([]byte) (uint64, error) { return 0, errSyncMode }

// parseSettle reads the milliseconds between two looks.
func parseSettle(b []byte) (uint64, error) {
	ms, ok := parseUint(b, maxSettle)
	if !ok || ms == 0 {
		return 0, errSettle
	}
	return ms, nil
}

// redactSync hides all words that may be a URL, with a password in it, wherever they
// stand: what remains are keywords, numbers, and a prefix.
func redactSync(words [][]byte) [][]byte {
	shown := slices.Clone(words)
	for i, w := range shown {
		switch {
		case i < 2: // the name
		case i == 2 && !bytes.Contains(w, []byte("://")):
		case i > 2 && (slices.Contains(syncKeywords, strings.ToUpper(engine.Clipped(w))) || isNumber(w)):
		default:
			shown[i] = engine.Redacted
		}
	}
	return shown
}

// syncKeywords are the keywords of PT.SYNC START.
var syncKeywords = []string{"FROM", "MODE", "LOAD", "VERIFY", "REPAIR", "DRYRUN", "SETTLE"}

func isNumber(b []byte) bool {
	_, ok := parseUint(b, maxSettle)
	return ok
}
