package commands

import (
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// The sections of INFO: figures as Redis's tools read them.

type infoField struct {
	name  string
	value any
}

// compatible is the Redis version whose behaviour the standard commands have;
// tools gate features on it.
const compatible = "7.2.4"

func infoServer(f *observe.Figures) []infoField {
	up := f.Server.Uptime()
	return []infoField{
		{"redis_version", compatible},
		{"server_name", "prefixtracker"},
		{"prefixtracker_version", f.Server.Version},
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
		{"executable", f.Server.Executable},
		{"config_file", ""},
		{"io_threads_active", 0},
	}
}

func infoClients(f *observe.Figures) []infoField {
	return []infoField{
		{"connected_clients", f.Clients.Connected},
		{"maxclients", f.Clients.Max},
		{"blocked_clients", 0},
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
		{"query_memory", m.Queries},
		{"trackers_memory", m.Trackers},
		{"maxmemory", m.Limit},
		{"maxmemory_human", human(uint64(m.Limit))},
		{"maxmemory_policy", "noeviction"},
	}
	if m.Resident > 0 {
		fields = append(fields, infoField{"used_memory_rss", m.Resident}, infoField{"used_memory_rss_human", human(m.Resident)},
			infoField{"mem_fragmentation_ratio", fmt.Sprintf("%.2f", m.Fragmentation())})
	}
	return fields
}

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

func infoPersistence(*observe.Figures) []infoField {
	return []infoField{
		{"loading", 0},
		{"async_loading", 0},
		{"rdb_bgsave_in_progress", 0},
		{"aof_enabled", 0},
		{"aof_rewrite_in_progress", 0},
	}
}

func infoStats(f *observe.Figures) []infoField {
	t := &f.Traffic
	fields := []infoField{
		{"total_connections_received", t.Connections},
		{"total_commands_processed", t.Commands},
		{"instantaneous_ops_per_sec", int64(t.Rates.Commands)},
		{"total_net_input_bytes", t.BytesIn},
		{"total_net_output_bytes", t.BytesOut},
		{"instantaneous_input_kbps", fmt.Sprintf("%.2f", t.Rates.BytesIn/1024)},
		{"instantaneous_output_kbps", fmt.Sprintf("%.2f", t.Rates.BytesOut/1024)},
		{"rejected_connections", t.Rejected},
		{"expired_keys", 0},
		{"evicted_keys", 0},
		{"total_error_replies", f.ErrorReplies()},
		{"keyspace_changes", f.Keyspace.Changes},
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
	return fields
}

func infoReplication(f *observe.Figures) []infoField {
	return []infoField{
		{"role", "master"},
		{"connected_slaves", 0},
		{"master_replid", f.Server.RunID},
		{"master_repl_offset", 0},
	}
}

func infoCPU(f *observe.Figures) []infoField {
	if !f.Process.Known {
		return nil
	}
	return []infoField{
		{"used_cpu_sys", fmt.Sprintf("%.6f", f.Process.System.Seconds())},
		{"used_cpu_user", fmt.Sprintf("%.6f", f.Process.User.Seconds())},
	}
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
