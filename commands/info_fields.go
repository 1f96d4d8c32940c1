package commands

// infoField is a line of INFO.
type infoField struct {
	name  string
	value any
}

// What dashboards chart of Redis and what this server does not have: nothing
// expires or is evicted, defragmented, forked, replicated or scripted. A figure
// that is missing looks like a server that is down.
var (
	noMemory = nothing("used_memory_startup", "used_memory_lua", "used_memory_vm_eval", "used_memory_vm_functions", "used_memory_vm_total",
		"used_memory_scripts", "used_memory_scripts_eval", "used_memory_functions", "number_of_cached_scripts", "number_of_functions",
		"number_of_libraries", "mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers", "mem_clients_slaves",
		"mem_cluster_links", "mem_aof_buffer", "active_defrag_running", "lazyfree_pending_objects", "lazyfreed_objects")

	noPersistence = append(nothing("rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded", "current_cow_peak",
		"current_cow_size", "current_cow_size_age", "current_save_keys_processed", "current_save_keys_total", "aof_last_cow_size",
		"module_fork_in_progress", "module_fork_last_cow_size"), infoField{"current_fork_perc", "0.00"})

	noStats = append(nothing("expired_keys", "expired_time_cap_reached_count", "expire_cycle_cpu_milliseconds", "evicted_keys",
		"evicted_clients", "total_eviction_exceeded_time", "current_eviction_exceeded_time", "pubsub_channels", "pubsub_patterns",
		"pubsubshard_channels", "latest_fork_usec", "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys",
		"sync_full", "sync_partial_ok", "sync_partial_err", "total_net_repl_input_bytes", "total_net_repl_output_bytes",
		"active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits", "active_defrag_key_misses", "total_active_defrag_time",
		"current_active_defrag_time", "unexpected_error_replies", "dump_payload_sanitizations", "io_threaded_reads_processed",
		"io_threaded_writes_processed", "reply_buffer_expands", "reply_buffer_shrinks"), // none is kept between replies
		infoField{"expired_stale_perc", "0.00"}, infoField{"instantaneous_input_repl_kbps", "0.00"},
		infoField{"instantaneous_output_repl_kbps", "0.00"})
)

// nothing returns fields that are 0.
func nothing(names ...string) (fields []infoField) {
	for _, name := range names {
		fields = append(fields, infoField{name, 0})
	}
	return fields
}
