package web

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/observe"
	dto "github.com/prometheus/client_model/go"
)

// figures are those of the server, and why it is not ready.
type figures struct {
	*observe.Figures
	unready string
}

// alwaysReplied are the errors that are worth an alarm. They are there before they
// happen: nobody can tell by how much a number has grown that was not there.
var alwaysReplied = []string{"MISCONF", "OOM"}

// families are all metrics that are not the runtime's, in the order of the documents.
func families() []metric {
	return slices.Concat(serverMetrics(), clientMetrics(), commandMetrics(), loopMetrics(), keyspaceMetrics(), journalMetrics(), prefixMetrics(), cursorMetrics(), syncMetrics())
}

// one is a metric with one value.
func one(name string, kind dto.MetricType, help string, read func(f *observe.Figures) float64) metric {
	return metric{name: name, kind: kind, help: help, figures: func(f *figures, emit emit) { emit(read(f.Figures)) }}
}

func serverMetrics() []metric {
	return []metric{
		{name: "build_info", kind: gauge, labels: []string{"goversion", "version"}, help: "Always 1; what runs is in the labels.",
			figures: func(f *figures, emit emit) { emit(1, f.Server.GoVersion, f.Server.Version) }},
		{name: "ready", kind: gauge, help: "1 if clients get what they want, 0 while the server loads, refuses changes or stops.",
			figures: func(f *figures, emit emit) { emit(oneIf(f.unready == "")) }},
		one("loading_bytes", gauge, "Bytes of what was kept that have been read since the start.",
			func(f *observe.Figures) float64 { return float64(f.Loading.Read) }),
		one("loading_total_bytes", gauge, "Bytes that are to be read at the start.",
			func(f *observe.Figures) float64 { return float64(f.Loading.Total) }),
		one("log_lines_total", counter, "Lines of the program's log that were written.",
			func(f *observe.Figures) float64 { return float64(f.Log.Written) }),
		one("log_lines_dropped_total", counter, "Lines of the program's log that nobody read in time.",
			func(f *observe.Figures) float64 { return float64(f.Log.Dropped) }),
		one("trackers_memory_bytes", gauge, "Memory that trackers take.",
			func(f *observe.Figures) float64 { return float64(f.Memory.Trackers) }),
		one("trackers_memory_limit_bytes", gauge, "Memory that trackers may take; 0 is without limit.",
			func(f *observe.Figures) float64 { return float64(f.Memory.Limit) }),
		one("query_memory_bytes", gauge, "Memory that commands under way hold.",
			func(f *observe.Figures) float64 { return float64(f.Memory.Queries) }),
	}
}

func clientMetrics() []metric {
	return []metric{
		one("connected_clients", gauge, "Clients that are connected.",
			func(f *observe.Figures) float64 { return float64(f.Clients.Connected) }),
		one("max_clients", gauge, "Clients that may be connected; 0 is any number.",
			func(f *observe.Figures) float64 { return float64(f.Clients.Max) }),
		one("waiting_for_log_clients", gauge, "Clients whose replies wait for the log.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.Held) }),
		one("connections_total", counter, "Connections that were let in.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.Connections) }),
		one("connections_rejected_total", counter, "Connections that were turned away.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.Rejected) }),
		{name: "refusals_total", kind: counter, labels: []string{"reason"}, help: "Times that clients did not get what they wanted, by the reason.",
			figures: func(f *figures, emit emit) {
				for _, r := range f.Traffic.Refusals {
					emit(float64(r.Count), r.Reason)
				}
			}},
		one("received_bytes_total", counter, "Bytes that clients have sent.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.BytesIn) }),
		one("sent_bytes_total", counter, "Bytes that clients have taken.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.BytesOut) }),
	}
}

func commandMetrics() []metric {
	perCommand := func(name, help string, read func(*observe.Command) uint64) metric {
		return metric{name: name, kind: counter, help: help, labels: []string{"command"}, figures: func(f *figures, emit emit) {
			for i := range f.Commands {
				if c := &f.Commands[i]; c.Calls+c.Rejected+c.Failed > 0 {
					emit(float64(read(c)), c.Name)
				}
			}
		}}
	}
	return []metric{
		perCommand("commands_total", "Commands that were executed, from the first of a name on.", func(c *observe.Command) uint64 { return c.Calls }),
		perCommand("command_failures_total", "Commands that were executed and replied with an error.", func(c *observe.Command) uint64 { return c.Failed }),
		perCommand("command_rejections_total", "Commands that were not executed: no password, wrong number of words, not now.",
			func(c *observe.Command) uint64 { return c.Rejected }),
		{name: "command_duration_seconds", kind: dto.MetricType_HISTOGRAM, labels: []string{"command"}, help: "How long commands took.", durations: durations},
		{name: "error_replies_total", kind: counter, labels: []string{"code"}, help: "Error replies, by their first word.",
			figures: func(f *figures, emit emit) {
				for _, code := range alwaysReplied {
					if !slices.ContainsFunc(f.Errors, func(e observe.Error) bool { return e.Code == code }) {
						emit(0, code)
					}
				}
				for _, e := range f.Errors {
					emit(float64(e.Count), e.Code)
				}
			}},
		one("panics_total", counter, "Panics in commands; each is a fault of the server.",
			func(f *observe.Figures) float64 { return float64(f.Traffic.Panics) }),
	}
}

func loopMetrics() []metric {
	return []metric{
		one("loops", gauge, "Event loops; 0 is none, and a goroutine for each connection.",
			func(f *observe.Figures) float64 { return float64(f.Loops.Count) }),
		{name: "loop_cpu_seconds_total", kind: counter, labels: []string{"mode"}, help: "Processor time of the event loops, in the program (user) and in the system.",
			figures: func(f *figures, emit emit) {
				emit(f.Loops.User.Seconds(), "user")
				emit(f.Loops.System.Seconds(), "system")
			}},
		{name: "loop_stalls_total", kind: counter, labels: []string{"what"}, help: "Times that an event loop was held up, and by what; each is a fault of the server.",
			figures: func(f *figures, emit emit) {
				for _, s := range f.Traffic.Stalls {
					emit(float64(s.Count), s.What)
				}
			}},
	}
}

func keyspaceMetrics() []metric {
	return []metric{
		one("prefixes", gauge, "Prefixes that are tracked.",
			func(f *observe.Figures) float64 { return float64(f.Keyspace.Prefixes) }),
		{name: "ids", kind: gauge, help: "IDs that exist, over all prefixes.", sums: func(s *sums, emit emit) { emit(float64(s.all.ids)) }},
		{name: "leased_ids", kind: gauge, help: "IDs in flight, over all prefixes: handed out with a lease and not settled.",
			sums: func(s *sums, emit emit) { emit(float64(s.all.leased)) }},
		one("leases", gauge, "Leases that are open.",
			func(f *observe.Figures) float64 { return float64(f.Keyspace.Leases) }),
		one("leases_expired_total", counter, "Leases that have ended by time: what their holders had not settled was given back.",
			func(f *observe.Figures) float64 { return float64(f.Keyspace.Expired) }),
		one("cursors", gauge, "Shared cursors that are open.",
			func(f *observe.Figures) float64 { return float64(f.Keyspace.Cursors) }),
		one("changes_total", counter, "Changes of what can be read of a prefix.",
			func(f *observe.Figures) float64 { return float64(f.Keyspace.Changes) }),
		{name: "lookups_total", kind: counter, labels: []string{"result"}, help: "Reads that found their prefix (hit) and that did not (miss).",
			figures: func(f *figures, emit emit) {
				emit(float64(f.Keyspace.Hits), "hit")
				emit(float64(f.Keyspace.Misses), "miss")
			}},
	}
}

func journalMetrics() []metric {
	runs := func(name, help string, of func(*observe.Persistence) *observe.Job) metric {
		return metric{name: name, kind: counter, labels: []string{"result"}, help: help, figures: func(f *figures, emit emit) {
			job := of(&f.Persistence)
			emit(float64(job.Succeeded), "ok")
			emit(float64(job.Failures), "failed")
		}}
	}
	rewrite := func(p *observe.Persistence) *observe.Job { return &p.Rewrite }
	backup := func(p *observe.Persistence) *observe.Job { return &p.Backup }
	of := func(name string, kind dto.MetricType, help string, read func(p *observe.Persistence) float64) metric {
		return one(name, kind, help, func(f *observe.Figures) float64 { return read(&f.Persistence) })
	}
	return []metric{
		of("journal_enabled", gauge, "1 if changes are kept in a log.", func(p *observe.Persistence) float64 { return oneIf(p.Enabled) }),
		of("journal_bytes", gauge, "Bytes of the log and its base on the disk.", func(p *observe.Persistence) float64 { return float64(p.Bytes) }),
		of("journal_base_bytes", gauge, "Bytes of the base on the disk.", func(p *observe.Persistence) float64 { return float64(p.BaseBytes) }),
		of("journal_appended_bytes_total", counter, "Bytes that were appended to the log.",
			func(p *observe.Persistence) float64 { return float64(p.Position) }),
		of("journal_synced_bytes_total", counter, "Bytes of these that are on the disk for sure.",
			func(p *observe.Persistence) float64 { return float64(p.Synced) }),
		of("journal_unsynced_bytes", gauge, "Bytes that a cut of the power would lose.", func(p *observe.Persistence) float64 { return float64(unsynced(p)) }),
		of("journal_delayed_syncs_total", counter, "Times that the disk took a second or more.",
			func(p *observe.Persistence) float64 { return float64(p.Delayed) }),
		of("journal_refusing", gauge, "1 while changes are refused, since they could not be kept.",
			func(p *observe.Persistence) float64 { return oneIf(p.Refusing) }),
		of("rewrite_in_progress", gauge, "1 while a base is written.", func(p *observe.Persistence) float64 { return oneIf(p.Rewrite.Active) }),
		runs("rewrites_total", "Bases that were written (ok) or could not be (failed).", rewrite),
		of("backup_in_progress", gauge, "1 while a backup is written.", func(p *observe.Persistence) float64 { return oneIf(p.Backup.Active) }),
		runs("backups_total", "Backups that were written (ok) or could not be (failed).", backup),
		of("last_save_timestamp_seconds", gauge, "When the last backup was made, or the server started, in Unix time.",
			func(p *observe.Persistence) float64 { return float64(p.LastSave.Unix()) }),
		of("quarantined_ids", gauge, "Free IDs that are skipped since the last start, as they may have been claimed before it.",
			func(p *observe.Persistence) float64 { return float64(p.Quarantined) }),
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// unsynced is how many bytes of the log may not be on the disk yet.
func unsynced(p *observe.Persistence) uint64 { return p.Position - min(p.Synced, p.Position) }

// durationBounds are the buckets of durations, in nanoseconds.
var durationBounds = []uint64{1e3, 5e3, 10e3, 50e3, 100e3, 500e3, 1e6, 5e6, 10e6, 50e6, 100e6, 500e6, 1e9, 5e9}

// durations is how long a command took.
func durations(c *observe.Command) *dto.Histogram {
	buckets := make([]*dto.Bucket, len(durationBounds))
	for i, n := range c.Latency.Below(durationBounds) {
		bound := float64(durationBounds[i]) / 1e9
		buckets[i] = &dto.Bucket{CumulativeCount: &n, UpperBound: &bound}
	}
	sum := float64(c.Nanos) / 1e9
	return &dto.Histogram{SampleCount: &c.Latency.Total, SampleSum: &sum, Bucket: buckets}
}
