package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// ended makes a log in a directory with one tracker of some IDs, and closes it.
func ended(t *testing.T, dir string) {
	t.Helper()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	l, _ := opened(t, testOptions(fs, r, EverySec))
	l.Start()
	b := l.NewBatch()
	b.Open()
	x := r.get(l, "x")
	x.b.set(1)
	b.Changed(x, 1)
	commit(t, l, b)
	if err := l.Backup(t.Context(), "dump.pt"); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// openedIn opens a directory that may have a backup to restore.
func openedIn(t *testing.T, dir string) (*registry, *Report, error) {
	t.Helper()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	o := testOptions(fs, r, EverySec)
	o.Backup = "dump.pt"
	l, report, err := Open(o)
	if err == nil {
		l.Start()
		t.Cleanup(func() { _ = l.Close(t.Context()) })
	}
	return r, report, err
}

// What others have put into the directory is theirs.
func TestNames_OfOthersStay(t *testing.T) {
	dir := t.TempDir()
	ended(t, dir)
	others := []string{"thesis.tmp", "dump.pt.old.tmp", "base-1.tmp", ".tmp", "incr-00000001.pt.bak.tmp", "x.failed"}
	ours := []string{"base-00000007.pt.tmp", "incr-00000009.pt.tmp", "dump.pt.tmp"}
	for _, name := range append(others, ours...) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := openedIn(t, dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range others {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range ours {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left over", name)
		}
	}
}

// A link leads to its file, and what has a name of the log and is no file, or leads
// nowhere, is an error and not nothing.
func TestNames_OfLinks(t *testing.T) {
	for _, name := range []string{"incr-00000001.pt", "dump.pt"} {
		for what, put := range map[string]func(path, kept string) error{
			"link":        func(path, kept string) error { return os.Symlink(kept, path) },
			"broken link": func(path, kept string) error { return os.Symlink(kept+".gone", path) },
			"directory":   func(path, _ string) error { return os.Mkdir(path, 0o700) },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				dir, aside := t.TempDir(), t.TempDir()
				ended(t, dir)
				if name == "dump.pt" { // and nothing else
					for _, other := range []string{"incr-00000001.pt"} {
						if err := os.Remove(filepath.Join(dir, other)); err != nil {
							t.Fatal(err)
						}
					}
				}
				path, kept := filepath.Join(dir, name), filepath.Join(aside, "kept")
				if err := os.Rename(path, kept); err != nil {
					t.Fatal(err)
				}
				if err := put(path, kept); err != nil {
					t.Skip(err)
				}
				r, _, err := openedIn(t, dir)
				if what != "link" {
					if err == nil {
						t.Errorf("it was opened, with %d trackers", len(r.all))
					}
				} else if err != nil || len(r.all) != 1 {
					t.Errorf("%v, with %d trackers", err, len(r.all))
				}
			})
		}
	}
}

// A backup of another directory that is not restored is told of; one's own is not.
func TestNames_OfAnotherBackup(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	ended(t, dir)
	ended(t, other)
	if _, report, err := openedIn(t, dir); err != nil || report.OtherBackup {
		t.Fatalf("%+v, %v", report, err)
	}
	backup, err := os.ReadFile(filepath.Join(dir, "dump.pt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "dump.pt"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, report, err := openedIn(t, other); err != nil || !report.OtherBackup {
		t.Errorf("%+v, %v", report, err)
	}
}

// To look at a directory changes nothing in it, and needs no right to.
func TestNames_OfAView(t *testing.T) {
	dir := t.TempDir()
	ended(t, dir)
	if err := os.Remove(filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	fs, err := View(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check(fs, [16]byte{1}, nil); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, lockName)); err == nil {
		t.Error("LOCK was made")
	}
	for what, err := range map[string]error{
		"create": second(fs.Create("x")), "rename": fs.Rename("a", "b"), "remove": fs.Remove("dump.pt"), "sync": fs.Sync(),
	} {
		if !errors.Is(err, errView) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := View(filepath.Join(dir, "none")); err == nil {
		t.Error("what is not there can be looked at")
	}
}

func second[T any](_ T, err error) error { return err }

// The file of the log that somebody removes is replaced: what was acknowledged is in
// the next one.
func TestNames_Removed(t *testing.T) {
	dir := t.TempDir()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	o := testOptions(fs, r, Always)
	l, _ := opened(t, o)
	l.Start()
	b := l.NewBatch()
	change := func(id uint64) Gate {
		b.Open()
		x := r.get(l, "x")
		x.b.set(id)
		b.Changed(x, id)
		return l.Commit(b)
	}
	if !l.Wait(change(1), t.Context().Done()) {
		t.Fatal("the first change")
	}
	if err := os.Remove(filepath.Join(dir, logName(1))); err != nil {
		t.Skip(err) // where an open file cannot be removed
	}
	for l.Status().Rewrite.Count == 0 { // a second or so
		if t.Context().Err() != nil {
			t.Fatal("nobody has noticed")
		}
	}
	if !l.Wait(change(2), t.Context().Done()) {
		t.Fatal("the second change")
	}
	l.stop() // as a process that is killed
	l.work.Wait()
	_ = l.lock.Close()
	again, _, err := openedIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range again.all {
		if x.Word(0) != 0b110 {
			t.Errorf("the IDs are %b", x.Word(0))
		}
	}
	if len(again.all) != 1 {
		t.Errorf("%d trackers", len(again.all))
	}
}

// Where there is a log of nothing, such a backup is what somebody wants: it is an error,
// and leaves no file.
func TestNames_OfAnotherBackupBesideNothing(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	ended(t, dir)
	fs, err := Directory(other)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := opened(t, testOptions(fs, newRegistry(), EverySec))
	l.Start()
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	backup, err := os.ReadFile(filepath.Join(dir, "dump.pt"))
	if err == nil {
		err = os.WriteFile(filepath.Join(other, "dump.pt"), backup, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	before, _ := fs.List()
	for range 2 {
		if _, _, err := openedIn(t, other); !errors.Is(err, ErrOtherBackup) {
			t.Error(err)
		}
	}
	if after, _ := fs.List(); len(after) != len(before) {
		t.Errorf("%q became %q", before, after)
	}
}
