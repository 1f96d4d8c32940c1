package commands

import (
	"fmt"
	"slices"

	"github.com/prefixtracker/prefixtracker/resp"
)

// The sections of INFO that count what commands did, in Redis's format.

func infoCommandStats(x *Commands, _ resp.Stats) (fields []infoField) {
	eachCounted(x.specs, func(s *Spec) {
		m := &x.metrics[s.index]
		calls, rejected, failed := m.calls.Load(), m.rejected.Load(), m.failed.Load()
		if calls+rejected+failed == 0 {
			return
		}
		micros := float64(m.nanos.Load()) / 1e3
		fields = append(fields, infoField{"cmdstat_" + s.lower, fmt.Sprintf(
			"calls=%d,usec=%.0f,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
			calls, micros, micros/max(float64(calls), 1), rejected, failed)})
	})
	return fields
}

func infoLatencyStats(x *Commands, _ resp.Stats) (fields []infoField) {
	eachCounted(x.specs, func(s *Spec) {
		h := x.metrics[s.index].latency.Load()
		if h == nil {
			return
		}
		counts, total := h.counts()
		if total == 0 {
			return
		}
		micros := func(share float64) float64 { return float64(percentile(counts, total, share)) / 1e3 }
		fields = append(fields, infoField{"latency_percentiles_usec_" + s.lower,
			fmt.Sprintf("p50=%.3f,p99=%.3f,p99.9=%.3f", micros(0.5), micros(0.99), micros(0.999))})
	})
	return fields
}

func infoErrorStats(x *Commands, _ resp.Stats) (fields []infoField) {
	counts, _ := x.errors.snapshot()
	for code, n := range counts {
		fields = append(fields, infoField{"errorstat_" + code, fmt.Sprintf("count=%d", n)})
	}
	slices.SortFunc(fields, func(a, b infoField) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return fields
}
