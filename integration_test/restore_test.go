package integration_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRestore_FromABackup takes a backup, hands out more, and restores the backup in an empty directory: alone,
// and with so many IDs skipped as were handed out since. The backup is restored once.
func TestRestore_FromABackup(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	first := t.TempDir()
	s := keeping(t, first, "--dbfilename", "nightly.pt")
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE io: MAXID 5000 WIDTH 6", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 1000 RUNS", array(array(integer(0), integer(1000))))
	c.mustDo(t, "PT.ADD other: 0 2", integer(2))
	c.mustDo(t, "SAVE", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 50 RUNS", array(array(integer(1000), integer(50))))
	s.end(t)
	backup, err := os.ReadFile(filepath.Join(first, "nightly.pt"))
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, checkData(t, 0, filepath.Join(first, "nightly.pt")), "backup", "whole")
	restore := func(flags ...string) (dir string, s *server, c *client) {
		t.Helper()
		dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "nightly.pt"), backup, 0o644); err != nil {
			t.Fatal(err)
		}
		s = keeping(t, dir, append(flags, "--dbfilename", "nightly.pt")...)
		return dir, s, connect(t, s.addr)
	}
	const told = "restored from a backup: IDs that were handed out after it are free again, but for those that --restore-skip skips"

	_, s, c = restore()
	c.mustDo(t, "PT.COUNT io:", integer(1000))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 2", integers(1000, 1002))
	if line := logLine(s.log.String(), told); line["backup"] != "nightly.pt" || line["skipped_ids"] != 0.0 {
		t.Errorf("the log has %v", line)
	}
	s.end(t)

	dir, s, c := restore("--restore-skip", "100")
	c.mustDo(t, "PT.COUNT io:", integer(1100))
	c.mustDo(t, "PT.COUNT other:", integer(102))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 2", integers(1100, 1102))
	c.mustDo(t, "PT.CLAIMNEXT other:", integer(102))
	if line := logLine(s.log.String(), told); line["skipped_ids"] != 200.0 {
		t.Errorf("the log has %v", line)
	}
	s.end(t)

	s = keeping(t, dir, "--restore-skip", "100", "--dbfilename", "nightly.pt")
	if logLine(s.log.String(), told) != nil {
		t.Error("it is restored twice")
	}
	connect(t, s.addr).mustDo(t, "PT.COUNT io:", integer(1102))
}

// TestSave_NowAndThen writes backups by itself, and again when that is changed.
func TestSave_NowAndThen(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	s := keeping(t, dir, "--save", "3600 1 1 2")
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADD x: 1", integer(1))
	c.mustDo(t, "PT.ADD x: 2", integer(1))
	eventually(t, "a backup", func() bool { return infoField(t, c, "rdb_saves") == 1 })
	if _, err := os.Stat(filepath.Join(dir, "dump.pt")); err != nil {
		t.Error(err)
	}
	eventually(t, "the log says so", func() bool { return logLine(s.log.String(), "backup written") != nil })
	c.mustDo(t, "PT.ADD x: 3", integer(1)) // one is not enough
	c.mustDo(t, "CONFIG GET save", array(bulk("save"), bulk("3600 1 1 2")))
	if infoField(t, c, "rdb_changes_since_last_save") != 1 {
		t.Error("there is not one change since")
	}
	c.mustReply(t, "CONFIG", "SET", "save", "1 1")
	eventually(t, "another backup", func() bool { return infoField(t, c, "rdb_saves") == 2 })
}
