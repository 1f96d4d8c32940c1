package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// wholeServer starts a server with its data in dir, and something to keep.
func wholeServer(t *testing.T, dir string, flags ...string) (*server, *client) {
	t.Helper()
	s := keeping(t, dir, flags...)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 100000 WIDTH 6 TAG t", simple("OK"))
	c.mustDo(t, "PT.ADDRANGE vec: 10 5000", integer(4990))
	return s, c
}

// mustBeBackup starts a server with a copy of the backup in dir alone, and looks at what is there.
func mustBeBackup(t *testing.T, dir, name string, count int) {
	t.Helper()
	backup, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "dump.pt"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	c := connect(t, keeping(t, other).addr)
	c.mustDo(t, "PT.COUNT vec:", integer(count))
	c.mustDo(t, "PT.FORMAT vec: 10", array(bulk("vec:{t}:000010")))
}

// TestBackups_AreWhatWasThere: SAVE and BGSAVE write what was there, and all that is told of them is so.
func TestBackups_AreWhatWasThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, c := wholeServer(t, dir)
	began := infoField(t, c, "rdb_last_save_time")
	c.mustDo(t, "LASTSAVE", integer(int(began)))
	if began < 1_600_000_000 || infoField(t, c, "rdb_changes_since_last_save") < 2 {
		t.Errorf("LASTSAVE replied %d, %d changes", began, infoField(t, c, "rdb_changes_since_last_save"))
	}
	c.mustDo(t, "SAVE", simple("OK"))
	if infoField(t, c, "rdb_saves") != 1 || infoField(t, c, "rdb_changes_since_last_save") != 0 || infoField(t, c, "rdb_last_save_time") < began {
		t.Errorf("after SAVE: %s", c.mustReply(t, "INFO", "persistence").text)
	}
	mustBeBackup(t, dir, "dump.pt", 4990)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10 RUNS", array(array(integer(0), integer(10))))
	if n := infoField(t, c, "rdb_changes_since_last_save"); n < 1 {
		t.Errorf("%d changes", n)
	}
	c.mustDo(t, "BGSAVE", simple("Background saving started"))
	eventually(t, "the backup is there", func() bool { return infoField(t, c, "rdb_saves") == 2 })
	mustBeBackup(t, dir, "dump.pt", 5000)
	c.mustDo(t, "BGREWRITEAOF", simple("Background append only file rewriting started"))
	eventually(t, "the log is written anew", func() bool { return infoField(t, c, "aof_rewrites") == 1 })
	if !slices.Contains(files(t, dir), "base-00000002.pt") || infoField(t, c, "aof_base_size") == 0 {
		t.Errorf("%q, a base of %d bytes", files(t, dir), infoField(t, c, "aof_base_size"))
	}
}

// TestBackups_AtTheEnd: SHUTDOWN SAVE writes one, and a server that cannot goes on, unless it is forced to end.
func TestBackups_AtTheEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line  string
		saves bool
	}{{"SHUTDOWN SAVE", true}, {"SHUTDOWN NOSAVE", false}, {"SHUTDOWN", false}} {
		dir := t.TempDir()
		s, c := wholeServer(t, dir)
		c.send(words(test.line)...)
		mustEnd(t, c)
		if code := s.waitExit(t); code != 0 {
			t.Errorf("%s: it exited with %d", test.line, code)
		}
		if saved := slices.Contains(files(t, dir), "dump.pt"); saved != test.saves {
			t.Errorf("%s: there is a backup: %t", test.line, saved)
		}
		if test.saves {
			mustBeBackup(t, dir, "dump.pt", 4990)
		}
		connect(t, keeping(t, dir).addr).mustDo(t, "PT.COUNT vec:", integer(4990)) // the log has it in any case
	}
	dir := t.TempDir()
	s, c := wholeServer(t, dir, "--dbfilename", "in-the-way")
	if err := os.Mkdir(filepath.Join(dir, "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := c.mustReply(t, "SHUTDOWN", "SAVE"); !strings.HasPrefix(r.text, "ERR Errors trying to SHUTDOWN. ") {
		t.Errorf("SHUTDOWN SAVE replied %q", r.raw)
	}
	if r := c.mustReply(t, "SAVE"); !strings.HasPrefix(r.text, "ERR the backup was not written: ") {
		t.Errorf("SAVE replied %q", r.raw)
	}
	if info := c.mustReply(t, "INFO", "persistence").text; !strings.Contains(info, "rdb_last_bgsave_status:err\r\n") || !strings.Contains(info, "aof_last_write_status:ok\r\n") {
		t.Errorf("%s", info)
	}
	c.mustDo(t, "PT.ADD vec: 7", integer(1))
	c.send("SHUTDOWN", "SAVE", "FORCE")
	mustEnd(t, c)
	if code := s.waitExit(t); code != 0 || logLine(s.log.String(), "stopping without a backup")["error"] == nil {
		t.Errorf("it exited with %d\n%s", code, s.log.String())
	}
}

// TestBackups_AtTheEndOfWhatIsWritten: a rewrite or a backup that would take an hour ends for SHUTDOWN SAVE.
func TestBackups_AtTheEndOfWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, begin := range []string{"BGREWRITEAOF", "BGSAVE"} {
		dir := t.TempDir()
		s, c := wholeServer(t, dir, "--aof-rewrite-rate", "1")
		c.mustReply(t, begin)
		if infoField(t, c, "aof_rewrite_in_progress")+infoField(t, c, "rdb_bgsave_in_progress") != 1 {
			t.Errorf("%s: nothing is being written", begin)
		}
		c.send("SHUTDOWN", "SAVE")
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		other := connect(t, s.addr)
		eventually(t, begin+" has ended and the last backup has begun", func() bool {
			info := other.mustReply(t, "INFO", "persistence").text
			return strings.Contains(info, "rdb_bgsave_in_progress:1\r\n") &&
				(strings.Contains(info, "aof_last_bgrewrite_status:err\r\n") || strings.Contains(info, "rdb_last_bgsave_status:err\r\n"))
		})
		for _, how := range []string{"SHUTDOWN SAVE", "SHUTDOWN SAVE FORCE"} { // neither ends the backup of the first
			other.mustDo(t, how, failure("ERR a SHUTDOWN SAVE is under way"))
		}
		other.mustDo(t, "CONFIG SET aof-rewrite-rate 0", simple("OK")) // for that, too, would take an hour
		mustEnd(t, c)
		if code := s.waitExit(t); code != 0 {
			t.Errorf("%s: it exited with %d", begin, code)
		}
		mustBeBackup(t, dir, "dump.pt", 4990)
	}
}

// TestWaitAOF: who has the reply has all on the disk that he has sent before, also in the same batch.
func TestWaitAOF(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"always", "everysec", "no"} {
		s := startServer(t, "--appendfsync", policy)
		c := connect(t, s.addr)
		for i := range 20 {
			for id := range 5 {
				c.send("PT.ADD", "vec:", fmt.Sprint(i*1000+id))
			}
			c.send("WAITAOF", "1", "0", "0")
			for range 5 {
				if r, err := c.receive(); err != nil || r.raw != integer(1) {
					t.Fatalf("%q, %v", r.raw, err)
				}
			}
			if r, err := c.receive(); err != nil || r.raw != array(integer(1), integer(0)) {
				t.Fatalf("%s: %q, %v", policy, r.raw, err)
			}
			if at, synced := infoField(t, c, "aof_position"), infoField(t, c, "aof_synced_position"); synced != at || at < int64(20*i) {
				t.Errorf("%s: the log is at %d, on the disk up to %d", policy, at, synced)
			}
		}
		c.mustDo(t, "WAITAOF 0 0 0", array(integer(1), integer(0)))
		c.mustDo(t, "MULTI", simple("OK"))
		c.mustDo(t, "PT.ADD vec: 999999", simple("QUEUED"))
		c.mustDo(t, "WAITAOF 1 0 0", simple("QUEUED"))
		c.mustDo(t, "EXEC", array(integer(1), array(integer(1), integer(0))))
	}
	c := connect(t, startServer(t, "--appendonly", "no").addr)
	c.mustDo(t, "WAITAOF 1 0 0", failure("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled."))
	c.mustDo(t, "WAITAOF 0 0 0", array(integer(0), integer(0)))
	if r := c.mustReply(t, "BGSAVE"); !strings.Contains(r.text, "--appendonly") {
		t.Errorf("BGSAVE replied %q", r.raw)
	}
}

// TestPersistenceFieldsAsRedis: whoever reads a field of Redis's finds it.
func TestPersistenceFieldsAsRedis(t *testing.T) {
	t.Parallel()
	fields := func(c *client) (names []string) {
		for line := range strings.SplitSeq(c.mustReply(t, "INFO", "persistence").text, "\r\n") {
			if name, _, ok := strings.Cut(line, ":"); ok {
				names = append(names, name)
			}
		}
		return names
	}
	for _, appendOnly := range []string{"yes", "no"} {
		ours := fields(connect(t, startServer(t, "--appendonly", appendOnly).addr))
		redis := fields(connect(t, startRedis(t, "--appendonly", appendOnly).addr))
		if len(redis) < 20 {
			t.Errorf("Redis has %q", redis)
		}
		for _, name := range redis {
			if !slices.Contains(ours, name) {
				t.Errorf("with appendonly %s %s is missing", appendOnly, name)
			}
		}
		slices.Sort(ours)
		if n := len(ours); n != len(slices.Compact(ours)) {
			t.Errorf("a field comes twice: %q", ours)
		}
	}
}

// TestPrefixesOnPurpose: what would make a prefix is refused, before it is asked to keep anything.
func TestPrefixesOnPurpose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startMortal(t, "--addr", "127.0.0.1:0", "--dir", dir, "--create-prefixes", "no")
	c := connect(t, s.addr)
	refused := failure("NOPREFIX no such prefix: create it with PT.CREATE")
	for _, line := range []string{
		"PT.ADD vec: 1", "PT.CLAIM vec: 1", "PT.MCLAIM vec: 1 2", "PT.CLAIMNEXT vec:", "PT.CLAIMNEXT vec: COUNT 5", "PT.ADDRANGE vec: 1 9",
		"PT.RESERVE vec: 9", "SADD vec: 1", "SETBIT vec: 1 1",
	} {
		c.mustDo(t, line, refused)
	}
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 0", array())
	c.mustDo(t, "DBSIZE", integer(0))
	for range 3 { // every worker begins with it
		c.mustDo(t, "PT.CREATE vec: MAXID 100 IFNOTEXISTS", simple("OK"))
	}
	c.mustDo(t, "PT.CREATE vec: MAXID 101 IFNOTEXISTS", failure("ERR prefix exists with other settings"))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 2", array(integer(0), integer(1)))
	s.kill(t)
	c = connect(t, keeping(t, dir, "--create-prefixes", "no").addr) // what was kept is there all the same
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 2", array(integer(2), integer(3)))
	c.mustDo(t, "PT.ADD doc: 1", refused)
}
