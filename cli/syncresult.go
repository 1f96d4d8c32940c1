package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// syncTitle says what a job is.
func syncTitle(job *remote.SyncJob) string {
	title := fmt.Sprintf("%s of %q with %s", visible(job.Mode), job.Prefix, visible(job.Store))
	if job.DryRun {
		title += ", dry run"
	}
	return title
}

// tellSynced tells people what has come of a job.
func tellSynced(out io.Writer, job *remote.SyncJob) {
	took := time.Duration(job.ElapsedMS) * time.Millisecond
	fmt.Fprintf(out, "%s, %v: %s\n", syncTitle(job), took, verdict(job))
	load, verify := job.Mode == "load", job.Mode == "verify"
	added, repaired := "added", "repaired"
	if job.DryRun {
		added, repaired = "would be added", "would be repaired"
	}
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, l := range []struct {
		shown    bool
		name     string
		n        uint64
		about    string
		examples []string
	}{
		{true, "scanned", job.Scanned, "keys that begin with the prefix", nil},
		{true, "found", job.Found, "IDs among them", nil},
		{true, "unparsable", job.Unparsable, "that are no keys of IDs", job.UnparsableKeys},
		{job.OutOfRange > 0, "out of range", job.OutOfRange, "IDs beyond the bound of the prefix", nil},
		{load, added, job.Added, "IDs that the tracker did not have", nil},
		{!load, "stale", job.Stale, "IDs that the tracker has and the store has not", job.StaleKeys},
		{!load, "missing", job.Missing, "IDs that the store has and the tracker has not", job.MissingKeys},
		{!load && job.Changing > 0, "changing", job.Changing, "IDs that were wrong at one look and right at another", nil},
		{!load && !verify, repaired, job.Repaired, "of stale and missing", nil},
		{!load && !verify && !job.DryRun, "left", job.Left, "of stale and missing, for another repair", nil},
	} {
		if !l.shown {
			continue
		}
		fmt.Fprintf(columns, "%s\t%d\t", l.name, l.n)
		fmt.Fprintln(columns, " "+l.about+examples(l.examples, l.n))
	}
	_ = columns.Flush()
	switch {
	case job.State != "done":
	case job.Found == 0 && job.Unparsable > 0:
		fmt.Fprintln(out, "No key is as the prefix writes it (PT.FORMAT). One with another width or tag is made with PT.CREATE.")
	case verify && differs(job):
		fmt.Fprintln(out, "To remove what is stale and add what is missing: --mode repair")
	}
}

// verdict is the result in a word.
func verdict(job *remote.SyncJob) string {
	switch {
	case job.State != "done":
		return visible(job.State)
	case job.Unknown != "":
		return "not known"
	case job.DryRun:
		return "nothing was changed"
	case job.Mode == "load":
		return "loaded"
	case differs(job):
		return "differs"
	}
	return "agrees"
}

// examples are some keys for people, of so many.
func examples(keys []string, of uint64) string {
	const most = 5
	var shown []string
	for _, k := range keys[:min(len(keys), most)] {
		shown = append(shown, visible(k))
	}
	if len(shown) == 0 {
		return ""
	}
	if uint64(len(shown)) < of {
		shown = append(shown, "…")
	}
	return ": " + strings.Join(shown, ", ")
}
