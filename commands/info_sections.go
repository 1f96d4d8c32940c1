package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// The sections of INFO: figures as Redis's tools read them.

// compatible is the Redis version whose behaviour the standard commands have;
// tools gate features on it.
const compatible = "7.4.0"

func infoServer(f *observe.Figures) []infoField {
	up := f.Server.Uptime()
	return []infoField{
		{"redis_version", compatible},
		{"server_name", "prefixtracker"},
		{"prefixtracker_version", f.Server.Version},
		{"redis_build_id", f.Server.Version},
		{"redis_mode", "standalone"},
		{"os", f.Server.OS + " " + f.Server.Arch},
		{"arch_bits", 32 << (^uint(0) >> 63)},
		{"go_version", f.Server.GoVersion},
		{"process_id", f.Server.PID},
		{"run_id", f.Server.RunID},
		{"tcp_port", f.Server.Port},
		{"server_time_usec", time.Now().UnixMicro()},
		{"uptime_in_seconds", int64(up.Seconds())},
		{"uptime_in_days", int64(up.Hours() / 24)},
		{"process_supervised", "no"},
		{"executable", f.Server.Executable},
		{"config_file", f.Server.ConfigFile},
		{"io_threads_active", 0},
		{"goroutines", f.Process.Goroutines},
	}
}

func infoClients(f *observe.Figures) []infoField {
	return []infoField{
		{"connected_clients", f.Clients.Connected},
		{"maxclients", f.Clients.Max},
		{"client_recent_max_input_buffer", f.Clients.MaxInput},
		{"client_recent_max_output_buffer", f.Clients.MaxOutput},
		{"blocked_clients", 0},
		{"cluster_connections", 0},
		{"clients_in_timeout_table", 0},
		{"tracking_clients", f.Clients.Tracking},
		{"pubsub_clients", 0},
		{"monitoring_clients", f.Clients.Monitoring},
	}
}

func infoMemory(f *observe.Figures) []infoField {
	m := &f.Memory
	fields := []infoField{
		{"used_memory", m.Heap},
		{"used_memory_human", human(m.Heap)},
		{"used_memory_peak", m.HeapPeak}, // of what was read
		{"used_memory_peak_human", human(m.HeapPeak)},
		{"used_memory_peak_perc", percent(m.Heap, m.HeapPeak)},
		{"used_memory_overhead", max(int64(m.Heap)-m.Trackers, 0)},
		{"used_memory_dataset", m.Trackers},
		{"used_memory_dataset_perc", percent(uint64(m.Trackers), m.Heap)},
		{"allocator_allocated", m.Heap},
		{"allocator_active", m.Spans},
		{"allocator_resident", m.Held},
		{"allocator_frag_ratio", ratio(m.Spans, m.Heap)},
		{"allocator_frag_bytes", m.Spans - m.Heap},
		{"allocator_rss_ratio", ratio(m.Held, m.Spans)},
		{"allocator_rss_bytes", int64(m.Held) - int64(m.Spans)},
		{"mem_clients_normal", m.Queries},
		{"mem_allocator", "go"},
		{"query_memory", m.Queries},
		{"trackers_memory", m.Trackers},
		{"maxmemory", m.Limit},
		{"maxmemory_human", human(uint64(m.Limit))},
		{"maxmemory_policy", "noeviction"},
	}
	if m.Resident > 0 {
		fields = append(fields, infoField{"used_memory_rss", m.Resident}, infoField{"used_memory_rss_human", human(m.Resident)},
			infoField{"mem_fragmentation_ratio", fmt.Sprintf("%.2f", m.Fragmentation())},
			infoField{"mem_fragmentation_bytes", int64(m.Resident) - int64(m.Heap)},
			infoField{"rss_overhead_ratio", ratio(m.Resident, m.Held)},
			infoField{"rss_overhead_bytes", int64(m.Resident) - int64(m.Held)})
	}
	if m.System > 0 {
		fields = append(fields, infoField{"total_system_memory", m.System}, infoField{"total_system_memory_human", human(m.System)})
	}
	return append(fields, noMemory...)
}

// ratio is a/b as INFO has it, 0.00 for a b of 0.
func ratio(a, b uint64) string { return fmt.Sprintf("%.2f", float64(a)/float64(max(b, 1))) }

// percent is how much of b a is.
func percent(a, b uint64) string { return fmt.Sprintf("%.2f%%", 100*float64(a)/float64(max(b, 1))) }

// human writes bytes as Redis does: 1.00K, 512.00M.
func human(n uint64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%dB", n)
	}
	value, unit := float64(n)/(1<<10), 0
	for ; value >= 1<<10 && unit < 4; unit++ {
		value /= 1 << 10
	}
	return fmt.Sprintf("%.2f%c", value, "KMGTP"[unit])
}

func infoStats(f *observe.Figures) []infoField {
	t := &f.Traffic
	fields := []infoField{
		{"total_connections_received", t.Connections},
		{"total_commands_processed", t.Commands},
		{"instantaneous_ops_per_sec", int64(t.Rates.Commands)},
		{"total_net_input_bytes", t.BytesIn},
		{"total_net_output_bytes", t.BytesOut},
		{"total_reads_processed", t.Reads},
		{"total_writes_processed", t.Writes},
		{"instantaneous_input_kbps", fmt.Sprintf("%.2f", t.Rates.BytesIn/1024)},
		{"instantaneous_output_kbps", fmt.Sprintf("%.2f", t.Rates.BytesOut/1024)},
		{"rejected_connections", t.Rejected},
		{"keyspace_hits", f.Keyspace.Hits},
		{"keyspace_misses", f.Keyspace.Misses},
		{"tracking_total_keys", f.Caching.Keys},
		{"tracking_total_items", f.Caching.Items},
		{"tracking_total_prefixes", f.Caching.Prefixes},
		{"total_error_replies", f.ErrorReplies()},
		{"keyspace_changes", f.Keyspace.Changes},
		{"leases", f.Keyspace.Leases},
		{"leases_expired", f.Keyspace.Expired},
		{"cursors", f.Keyspace.Cursors},
		{"handler_panics", t.Panics},
		{"log_lines_written", f.Log.Written},
		{"log_lines_dropped", f.Log.Dropped},
	}
	for _, r := range t.Refusals {
		fields = append(fields, infoField{"refused_" + r.Reason, r.Count})
	}
	var stalls uint64
	for _, s := range t.Stalls {
		stalls += s.Count
	}
	fields = append(fields, infoField{"loop_stalls", stalls})
	for _, s := range t.Stalls {
		fields = append(fields, infoField{"loop_stalls_" + s.What, s.Count})
	}
	fields = append(fields, infoField{"loop_longest_usec", t.LongestTurn.Took.Microseconds()})
	if what := t.LongestTurn.What; what != "" {
		fields = append(fields, infoField{"loop_longest_by", what})
	}
	return append(fields, noStats...)
}

func infoReplication(f *observe.Figures) []infoField {
	return []infoField{
		{"role", "master"},
		{"connected_slaves", 0},
		{"master_failover_state", "no-failover"},
		{"master_replid", f.Server.RunID},
		{"master_replid2", strings.Repeat("0", 40)},
		{"master_repl_offset", 0},
		{"second_repl_offset", -1},
		{"repl_backlog_active", 0},
		{"repl_backlog_size", 0},
		{"repl_backlog_first_byte_offset", 0},
		{"repl_backlog_histlen", 0},
	}
}

func infoCPU(f *observe.Figures) []infoField {
	if !f.Process.Known {
		return nil
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
	fields := []infoField{
		{"used_cpu_sys", seconds(f.Process.System)},
		{"used_cpu_user", seconds(f.Process.User)},
		{"used_cpu_sys_children", seconds(0)}, // there are none
		{"used_cpu_user_children", seconds(0)},
	}
	if f.Loops.Known {
		fields = append(fields, infoField{"used_cpu_sys_main_thread", seconds(f.Loops.System)},
			infoField{"used_cpu_user_main_thread", seconds(f.Loops.User)})
	}
	return fields
}

func infoModules(*observe.Figures) []infoField { return nil }

func infoCluster(*observe.Figures) []infoField { return []infoField{{"cluster_enabled", 0}} }

func infoKeyspace(f *observe.Figures) []infoField {
	if f.Keyspace.Prefixes == 0 {
		return nil
	}
	return []infoField{{"db0", fmt.Sprintf("keys=%d,expires=0,avg_ttl=0", f.Keyspace.Prefixes)}}
}

func infoCommandStats(f *observe.Figures) (fields []infoField) {
	for _, m := range f.Commands {
		if m.Calls+m.Rejected+m.Failed == 0 {
			continue
		}
		micros := float64(m.Nanos) / 1e3
		fields = append(fields, infoField{"cmdstat_" + m.Name, fmt.Sprintf(
			"calls=%d,usec=%.0f,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
			m.Calls, micros, micros/max(float64(m.Calls), 1), m.Rejected, m.Failed)})
	}
	return fields
}

func infoLatencyStats(f *observe.Figures) (fields []infoField) {
	for _, m := range f.Commands {
		if m.Latency.Total == 0 {
			continue
		}
		micros := func(share float64) float64 { return float64(m.Latency.Percentile(share)) / 1e3 }
		fields = append(fields, infoField{"latency_percentiles_usec_" + m.Name,
			fmt.Sprintf("p50=%.3f,p99=%.3f,p99.9=%.3f", micros(0.5), micros(0.99), micros(0.999))})
	}
	return fields
}

func infoErrorStats(f *observe.Figures) (fields []infoField) {
	for _, e := range f.Errors {
		fields = append(fields, infoField{"errorstat_" + e.Code, fmt.Sprintf("count=%d", e.Count)})
	}
	return fields
}
