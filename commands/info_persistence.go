package commands

import (
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

func infoPersistence(f *observe.Figures) []infoField {
	p := &f.Persistence
	fields := []infoField{
		{"loading", oneIf(f.Loading.GoesOn)},
		{"async_loading", 0},
		{"rdb_changes_since_last_save", p.Unsaved},
		{"rdb_bgsave_in_progress", oneIf(p.Backup.Active)},
		{"rdb_last_save_time", p.LastSave.Unix()},
		{"rdb_last_bgsave_status", okIf(p.Backup.Failed == 0)},
		{"rdb_last_bgsave_time_sec", lastSeconds(&p.Backup)},
		{"rdb_current_bgsave_time_sec", currentSeconds(&p.Backup)},
		{"rdb_saves", p.Backup.Succeeded},
		{"aof_enabled", oneIf(p.Enabled)},
		{"aof_rewrite_in_progress", oneIf(p.Rewrite.Active)},
		{"aof_rewrite_scheduled", oneIf(p.Rewrite.Scheduled)},
		{"aof_last_rewrite_time_sec", lastSeconds(&p.Rewrite)},
		{"aof_current_rewrite_time_sec", currentSeconds(&p.Rewrite)},
		{"aof_last_bgrewrite_status", okIf(p.Rewrite.Failed == 0)},
		{"aof_rewrites", p.Rewrite.Succeeded},
		{"aof_rewrites_consecutive_failures", p.Rewrite.Failed},
		{"aof_last_write_status", okIf(!p.Refusing)},
	}
	fields = append(fields, noPersistence...)
	if p.Enabled {
		fields = append(fields, infoLog(f)...)
	}
	if f.Loading.GoesOn {
		fields = append(fields, infoLoading(&f.Loading)...)
	}
	return fields
}

// infoLog is what Redis and this server tell of a log.
func infoLog(f *observe.Figures) []infoField {
	p := &f.Persistence
	return []infoField{
		{"aof_current_size", p.Bytes},
		{"aof_base_size", p.BaseBytes},
		{"aof_pending_rewrite", oneIf(p.Rewrite.Scheduled)},
		{"aof_buffer_length", p.Position - p.Written},
		{"aof_pending_bio_fsync", oneIf(p.Syncing)},
		{"aof_delayed_fsync", p.Delayed},
		{"aof_position", p.Position},
		{"aof_written_position", p.Written},
		{"aof_synced_position", p.Synced},
		{"aof_held_replies", f.Traffic.Held},
		{"aof_last_error", p.Failure},
		{"aof_reserved_windows", p.Windows},
		{"aof_quarantined_ids", p.Quarantined},
		{"aof_truncated_bytes", p.Truncated},
		{"last_start_power_loss", oneIf(p.PowerLoss)},
	}
}

// infoLoading is how far the reading of what was kept has come.
func infoLoading(l *observe.Loading) []infoField {
	elapsed := time.Since(l.Began)
	left := int64(1)
	if elapsed >= time.Second {
		left = int64(elapsed.Seconds() * float64(max(l.Total-l.Read, 0)) / float64(l.Read+1))
	}
	return []infoField{
		{"loading_start_time", l.Began.Unix()},
		{"loading_total_bytes", l.Total},
		{"loading_rdb_used_mem", 0},
		{"loading_loaded_bytes", l.Read},
		{"loading_loaded_perc", fmt.Sprintf("%.2f", 100*float64(l.Read)/float64(max(l.Total, 1)))},
		{"loading_eta_seconds", left},
	}
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

func okIf(ok bool) string {
	if ok {
		return "ok"
	}
	return "err"
}

// lastSeconds is how long the last one took, -1 for none.
func lastSeconds(j *observe.Job) int64 {
	if !j.Ran {
		return -1
	}
	return int64(j.Took.Seconds())
}

// currentSeconds is how long the one at work has taken so far, -1 for none.
func currentSeconds(j *observe.Job) int64 {
	if !j.Active {
		return -1
	}
	return int64(time.Since(j.Began).Seconds())
}
