package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/workload"
)

var errUnlike = errors.New("they are not of the same workload")

// Merge makes one of what several drivers have seen of the same phases at the same time. Each reply counts as it was
// measured: nothing is an average of averages. A phase took as long as its slowest driver, and what is expected of it is
// judged again.
func Merge(runs ...[]driver.Result) ([]driver.Result, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	merged := make([]driver.Result, len(runs[0]))
	for i := range merged {
		to := &merged[i]
		for k, run := range runs {
			if len(run) != len(merged) {
				return nil, fmt.Errorf("%w: one has %d phases, another %d", errUnlike, len(merged), len(run))
			}
			if k > 0 && (run[i].Phase != to.Phase || !slices.Equal(run[i].Ops, to.Ops)) {
				return nil, fmt.Errorf("%w: phase %d is %q with %q, and %q with %q", errUnlike, i+1, to.Phase, to.Ops, run[i].Phase, run[i].Ops)
			}
			add(to, &run[i])
		}
		if err := judge(to); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// add adds what another driver has seen.
func add(to, r *driver.Result) {
	if to.Drivers == 0 || r.Began.Before(to.Began) {
		to.Began = r.Began
	}
	to.Phase, to.Ops = r.Phase, r.Ops
	to.Drivers += max(1, r.Drivers)
	to.Took = max(to.Took, r.Took)
	to.Clients += r.Clients
	to.Rate += r.Rate
	backlog, behind := to.Stats.Backlog+r.Stats.Backlog, max(to.Stats.Behind, r.Stats.Behind)
	to.Stats.Merge(&r.Stats)
	to.Stats.Backlog, to.Stats.Behind = backlog, behind
	to.Cut += r.Cut
	to.CPU += r.CPU
	to.Asked.Commands += r.Asked.Commands
	to.Asked.IDs += r.Asked.IDs
	to.Asked.Expired += r.Asked.Expired
	// All have found the same, unless one saw it when something was still wrong.
	if to.Sync == nil || r.Sync != nil && r.Sync.Stale+r.Sync.Missing+r.Sync.Left > to.Sync.Stale+to.Sync.Missing+to.Sync.Left {
		to.Sync = r.Sync
	}
	for _, v := range r.Expect {
		same := func(o driver.Verdict) bool { return o.Expectation == v.Expectation }
		if !slices.ContainsFunc(to.Expect, same) {
			to.Expect = append(to.Expect, v)
		}
	}
	for _, text := range r.Warnings {
		if !slices.Contains(to.Warnings, text) {
			to.Warnings = append(to.Warnings, text)
		}
	}
}

func judge(r *driver.Result) error {
	var expect []workload.Expectation
	for _, v := range r.Expect {
		e, err := workload.ParseExpectation(v.Expectation)
		if err != nil {
			return err
		}
		expect = append(expect, e)
	}
	r.Expect = r.Judge(expect)
	return nil
}
