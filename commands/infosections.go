package commands

import (
	"fmt"
	"net"
	"os"
	"runtime"
	runtimemetrics "runtime/metrics"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// compatible is the Redis version whose behaviour the standard commands have;
// tools gate features on it.
const compatible = "7.2.4"

func infoServer(x *Commands, s resp.Stats) []infoField {
	port := 0
	if a, ok := s.Addr.(*net.TCPAddr); ok {
		port = a.Port
	}
	up := time.Since(s.Started)
	executable, _ := os.Executable() // "" where the system does not say
	return []infoField{
		{"redis_version", compatible},
		{"server_name", "prefixtracker"},
		{"prefixtracker_version", x.options.Version},
		{"redis_mode", "standalone"},
		{"os", runtime.GOOS + " " + runtime.GOARCH},
		{"arch_bits", 32 << (^uint(0) >> 63)},
		{"go_version", runtime.Version()},
		{"process_id", os.Getpid()},
		{"run_id", x.runID},
		{"tcp_port", port},
		{"server_time_usec", time.Now().UnixMicro()},
		{"uptime_in_seconds", int64(up.Seconds())},
		{"uptime_in_days", int64(up.Hours() / 24)},
		{"executable", executable},
		{"config_file", ""},
		{"io_threads_active", 0},
	}
}

func infoClients(x *Commands, s resp.Stats) []infoField {
	return []infoField{
		{"connected_clients", s.Connected},
		{"maxclients", s.MaxClients},
		{"blocked_clients", 0},
		{"tracking_clients", x.caches.clients.Load()},
		{"pubsub_clients", 0},
		{"monitoring_clients", x.monitors.n.Load()},
	}
}

func infoMemory(x *Commands, s resp.Stats) []infoField {
	used := heapInUse()
	peak := x.peak.Load()
	for used > peak && !x.peak.CompareAndSwap(peak, used) {
		peak = x.peak.Load()
	}
	limit := x.registry.Budget().Limit()
	fields := []infoField{
		{"used_memory", used},
		{"used_memory_human", human(used)},
		{"used_memory_peak", max(used, peak)}, // of what INFO has seen
		{"used_memory_peak_human", human(max(used, peak))},
		{"query_memory", s.QueryMemory},
		{"trackers_memory", x.registry.Budget().Used()},
		{"maxmemory", limit},
		{"maxmemory_human", human(uint64(limit))},
		{"maxmemory_policy", "noeviction"},
	}
	if rss := residentMemory(); rss > 0 {
		fields = append(fields, infoField{"used_memory_rss", rss}, infoField{"used_memory_rss_human", human(rss)},
			infoField{"mem_fragmentation_ratio", fmt.Sprintf("%.2f", float64(rss)/float64(used))})
	}
	return fields
}

// heapInUse is the memory of live and not yet collected objects.
func heapInUse() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	runtimemetrics.Read(sample)
	return sample[0].Value.Uint64()
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

func infoPersistence(*Commands, resp.Stats) []infoField {
	return []infoField{
		{"loading", 0},
		{"async_loading", 0},
		{"rdb_bgsave_in_progress", 0},
		{"aof_enabled", 0},
		{"aof_rewrite_in_progress", 0},
	}
}

func infoStats(x *Commands, s resp.Stats) []infoField {
	_, errors := x.errors.snapshot()
	fields := []infoField{
		{"total_connections_received", s.Connections},
		{"total_commands_processed", s.Commands},
		{"instantaneous_ops_per_sec", int64(s.Rates.Commands)},
		{"total_net_input_bytes", s.BytesIn},
		{"total_net_output_bytes", s.BytesOut},
		{"instantaneous_input_kbps", fmt.Sprintf("%.2f", s.Rates.BytesIn/1024)},
		{"instantaneous_output_kbps", fmt.Sprintf("%.2f", s.Rates.BytesOut/1024)},
		{"rejected_connections", s.Rejected},
		{"expired_keys", 0},
		{"evicted_keys", 0},
		{"total_error_replies", errors},
		{"handler_panics", s.Panics},
	}
	for _, r := range s.Refusals {
		fields = append(fields, infoField{"refused_" + r.Reason, r.Count})
	}
	return fields
}

func infoReplication(x *Commands, _ resp.Stats) []infoField {
	return []infoField{
		{"role", "master"},
		{"connected_slaves", 0},
		{"master_replid", x.runID},
		{"master_repl_offset", 0},
	}
}

func infoCPU(*Commands, resp.Stats) []infoField {
	system, user, ok := cpuTime()
	if !ok {
		return nil
	}
	return []infoField{
		{"used_cpu_sys", fmt.Sprintf("%.6f", system.Seconds())},
		{"used_cpu_user", fmt.Sprintf("%.6f", user.Seconds())},
	}
}

func infoModules(*Commands, resp.Stats) []infoField { return nil }

func infoCluster(*Commands, resp.Stats) []infoField {
	return []infoField{{"cluster_enabled", 0}}
}

func infoKeyspace(x *Commands, _ resp.Stats) []infoField {
	n := x.registry.Len()
	if n == 0 {
		return nil
	}
	return []infoField{{"db0", fmt.Sprintf("keys=%d,expires=0,avg_ttl=0", n)}}
}
