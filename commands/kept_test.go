package commands

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// openLog reads the log of a directory into the registry, which keeps its changes
// there from then on.
func openLog(t testing.TB, dir string, r *tracker.Registry, changes func() uint64) *journal.Log {
	t.Helper()
	fs, err := journal.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	restored := r.Restore()
	log, _, err := journal.Open(journal.Options{
		FS: fs, Target: restored, Objects: r.Entries(), BootID: [16]byte{1}, Growth: journal.DefaultGrowth, Backup: "dump.pt", Changes: changes,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.Keep(log); err != nil {
		t.Fatal(err)
	}
	return log
}

// keep gives a server a log in a directory of its own.
func keep(t testing.TB, s *resp.Server, r *tracker.Registry, changes func() uint64) *journal.Log {
	t.Helper()
	log := openLog(t, t.TempDir(), r, changes)
	log.Start()
	s.Keep(log)
	t.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return log
}

// keeping is a server with a log that is open and has not been started: what is to
// be forced to the disk is not before Start.
func keeping(t *testing.T, options Options) (k *keptServer, log *journal.Log) {
	t.Helper()
	options.MaxCount = 65536
	k = &keptServer{server: newServerWith(t, 0, options), t: t}
	k.conn, k.session = k.connect(&k.out)
	k.conn.Server = resp.NewServer(k.Engine, zerolog.Nop(), resp.DefaultConfig())
	log = openLog(t, t.TempDir(), k.registry, k.Changes)
	k.conn.Server.Keep(log)
	t.Cleanup(func() { _ = log.Close(context.Background()) }) // perhaps again
	return k, log
}

// serve executes a command line and returns the raw reply.
func (k *keptServer) serve(line string) string {
	k.t.Helper()
	k.out.Reset()
	k.session.Serve(words(line))
	if err := k.conn.Flush(); err != nil {
		k.t.Fatal(err)
	}
	return k.out.String()
}

// expect executes command lines and compares the raw replies.
func (k *keptServer) expect(lines ...string) {
	k.t.Helper()
	for i := 0; i < len(lines); i += 2 {
		if got := k.serve(lines[i]); got != lines[i+1] {
			k.t.Errorf("%s: %q, want %q", lines[i], got, lines[i+1])
		}
	}
}

// fields returns the fields of INFO persistence.
func (k *keptServer) fields() map[string]string {
	fields := make(map[string]string)
	for line := range strings.SplitSeq(k.serve("INFO persistence"), "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[name] = value
		}
	}
	return fields
}

// mustTell compares fields of INFO persistence.
func (k *keptServer) mustTell(want ...string) {
	k.t.Helper()
	fields := k.fields()
	for _, w := range want {
		name, value, _ := strings.Cut(w, ":")
		if got, there := fields[name]; !there || got != value {
			k.t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func TestKept_InMemoryOnly(t *testing.T) {
	k := &keptServer{server: newServerWith(t, 0, Options{Shutdown: func(error) { t.Error("it stops") }}), t: t}
	k.conn, k.session = k.connect(&k.out)
	k.conn.Server = resp.NewServer(k.Engine, zerolog.Nop(), resp.DefaultConfig())
	const refused = "-ERR this server keeps nothing on the disk: it was started with --appendonly no\r\n"
	k.expect("SAVE", refused, "BGSAVE", refused, "BGSAVE SCHEDULE", refused, "BGREWRITEAOF", refused, "SHUTDOWN SAVE", refused,
		"WAITAOF 1 0 0", "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n",
		"WAITAOF 0 0 0", "*2\r\n:0\r\n:0\r\n", "WAITAOF 0 1 0", "*2\r\n:0\r\n:0\r\n",
		"CONFIG RESETSTAT", "+OK\r\n")
	k.mustTell("aof_enabled:0", "loading:0", "rdb_bgsave_in_progress:0", "rdb_last_bgsave_status:ok", "aof_last_write_status:ok")
	if _, there := k.fields()["aof_current_size"]; there {
		t.Error("it tells how long its log is")
	}
}

// Who waits for the disk waits until it has all that was changed before, by his own
// batch, too; or until the time is over; or until nobody waits for him any more.
func TestKept_WaitAOF(t *testing.T) {
	k, log := keeping(t, Options{})
	notes := log.NewBatch()
	k.session.Note(notes)
	k.expect("WAITAOF 1 0 1", "*2\r\n:1\r\n:0\r\n", // all of nothing
		"PT.ADD vec: 1", ":1\r\n",
		"WAITAOF 0 0 0", "*2\r\n:0\r\n:0\r\n", // it is noted, and not more
		"WAITAOF 1 0 1", "*2\r\n:0\r\n:0\r\n")
	if s := log.Status(); notes.Len() != 0 || s.Position == s.Synced || s.Written != s.Position {
		t.Errorf("%d notes, %+v", notes.Len(), s)
	}
	k.mustTell("aof_pending_bio_fsync:0", "aof_buffer_length:0")
	replied := make(chan string)
	go func() { replied <- k.serve("WAITAOF 1 0 0") }()
	log.Start()
	if got := <-replied; got != "*2\r\n:1\r\n:0\r\n" {
		t.Errorf("%q", got)
	}
	k.expect("WAITAOF 0 0 0", "*2\r\n:1\r\n:0\r\n", "WAITAOF 1 0 9223372036854775807", "*2\r\n:1\r\n:0\r\n",
		"PT.ADD vec: 2", ":1\r\n", "WAITAOF 0 0 0", "*2\r\n:0\r\n:0\r\n") // it is noted, and not in the log
}

func TestKept_WaitAOFEndsWithItsClient(t *testing.T) {
	k, log := keeping(t, Options{})
	k.session.Note(log.NewBatch())
	k.expect("PT.ADD vec: 1", ":1\r\n")
	k.conn.Kill()
	k.session.Serve(words("WAITAOF 1 0 0"))
}

func TestKept_Figures(t *testing.T) {
	k, log := keeping(t, Options{Backup: "other.pt"})
	log.Start()
	notes := log.NewBatch()
	k.session.Note(notes)
	k.expect("PT.ADD vec: 1", ":1\r\n", "PT.ADD vec: 2", ":1\r\n")
	k.session.EndBatch()
	log.Commit(notes)
	k.mustTell("rdb_changes_since_last_save:2", "rdb_saves:0", "rdb_last_bgsave_time_sec:-1", "rdb_current_bgsave_time_sec:-1", "aof_enabled:1",
		"aof_rewrites:0", "aof_last_rewrite_time_sec:-1", "aof_base_size:0", "last_start_power_loss:0", "aof_truncated_bytes:0", "aof_last_error:", "aof_held_replies:0")
	began := k.serve("LASTSAVE")
	k.expect("SAVE", "+OK\r\n")
	k.mustTell("rdb_changes_since_last_save:0", "rdb_saves:1", "aof_rewrites:0")
	if s := log.Status(); k.serve("LASTSAVE") != fmt.Sprintf(":%d\r\n", s.Backup.Good.Unix()) || began > k.serve("LASTSAVE") {
		t.Errorf("%q, then %q, %v", began, k.serve("LASTSAVE"), s.Backup.Good)
	}
	if err := log.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.mustTell("aof_rewrites:1", "rdb_saves:1")
	if f := k.fields(); f["aof_base_size"] == "0" || f["rdb_last_bgsave_time_sec"] == "-1" || f["aof_last_rewrite_time_sec"] == "-1" {
		t.Errorf("%v", f)
	}
	k.expect("CONFIG RESETSTAT", "+OK\r\n")
	k.mustTell("aof_rewrites:0", "rdb_saves:0", "rdb_changes_since_last_save:0")

	// One that goes on until it is told to stop.
	log.SetGrowth(journal.Growth{Rate: 1})
	k.expect("BGSAVE", "+Background saving started\r\n", "BGSAVE", "-ERR Background save already in progress\r\n",
		"BGSAVE SCHEDULE", "-ERR Background save already in progress\r\n", "SAVE", "-ERR Background save already in progress\r\n",
		"BGREWRITEAOF", "+Background append only file rewriting scheduled\r\n")
	k.mustTell("rdb_bgsave_in_progress:1", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:1")
	if seconds := k.fields()["rdb_current_bgsave_time_sec"]; seconds == "-1" {
		t.Error("it has not begun")
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.mustTell("rdb_bgsave_in_progress:0", "rdb_last_bgsave_status:err", "aof_last_write_status:err", "aof_last_error:the log is closed")
	k.expect("PT.ADD vec: 3", "-MISCONF Errors writing to the log: the log is closed. Commands that may change data are refused; reads go on.\r\n",
		"BGSAVE", "-ERR the backup was not begun: the log is closed\r\n", "BGREWRITEAOF", "-ERR the log is not rewritten: the log is closed\r\n",
		"SAVE", "-ERR the backup was not written: the log is closed\r\n", "PT.EXISTS vec: 2", ":1\r\n")
}

func TestKept_RewriteInProgress(t *testing.T) {
	k, log := keeping(t, Options{})
	log.Start()
	log.SetGrowth(journal.Growth{Rate: 1})
	const instead = "-ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.\r\n"
	k.expect("BGREWRITEAOF", "+Background append only file rewriting started\r\n",
		"BGREWRITEAOF", "-ERR Background append only file rewriting already in progress\r\n", "BGSAVE", instead, "SAVE", instead,
		"BGSAVE SCHEDULE", "+Background saving scheduled\r\n")
	k.mustTell("aof_rewrite_in_progress:1", "rdb_bgsave_in_progress:0", "aof_rewrite_scheduled:0")
}

// A server stops with a backup, or without one only if it is forced to.
func TestKept_ShutdownSave(t *testing.T) {
	stops, unsaved := 0, error(nil)
	for _, c := range []struct {
		line, backup, reply string
		stops               int
		saves               uint64
	}{
		{"SHUTDOWN SAVE", "", "", 1, 1},
		{"SHUTDOWN NOSAVE", "", "", 1, 0},
		{"SHUTDOWN", "", "", 1, 0},
		{"SHUTDOWN SAVE", "LOCK", "-ERR Errors trying to SHUTDOWN. The backup was not written: \"LOCK\" cannot be the name of a backup\r\n", 0, 0},
		{"SHUTDOWN SAVE NOW FORCE", "LOCK", "", 1, 0},
	} {
		k, log := keeping(t, Options{Backup: c.backup, Shutdown: func(err error) { stops, unsaved = stops+1, err }})
		log.Start()
		stops = 0
		if got := k.serve(c.line); got != c.reply || stops != c.stops || log.Status().Backup.Count != c.saves {
			t.Errorf("%s: %q, it stops %d times, %d backups", c.line, got, stops, log.Status().Backup.Count)
		}
		if without := c.line == "SHUTDOWN SAVE NOW FORCE"; (unsaved != nil) != without {
			t.Errorf("%s: the program is told %v", c.line, unsaved)
		}
	}
}

// Who stops a server with a backup does not wait for what is being written, which
// may take an hour: that ends.
func TestKept_ShutdownSaveEndsWhatIsWritten(t *testing.T) {
	for _, begin := range []string{"BGREWRITEAOF", "BGSAVE"} {
		var unsaved error
		stops := 0
		k, log := keeping(t, Options{Backup: "dump.pt", Shutdown: func(err error) { stops, unsaved = stops+1, err }})
		log.Start()
		log.SetGrowth(journal.Growth{Rate: 1}) // it goes on until it is told to stop
		if _, err := k.registry.Create("vec:", tracker.Config{}); err != nil {
			t.Fatal(err)
		}
		k.serve(begin)
		log.SetGrowth(journal.Growth{})
		if got := k.serve("SHUTDOWN SAVE"); got != "" || stops != 1 || unsaved != nil || log.Status().Backup.Count != 1 {
			t.Errorf("%s: %q, it stops %d times, %v, %+v", begin, got, stops, unsaved, log.Status())
		}
	}
}

// A client who has gone does not wait either.
func TestKept_ShutdownSaveEndsWithItsClient(t *testing.T) {
	k, log := keeping(t, Options{Backup: "dump.pt", Shutdown: func(error) { t.Error("it stops") }})
	log.Start()
	log.SetGrowth(journal.Growth{Rate: 1})
	k.conn.Kill()
	k.session.Serve(words("SHUTDOWN SAVE"))
	if log.Status().Backup.Count != 0 {
		t.Error("there is a backup")
	}
}
