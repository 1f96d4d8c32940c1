package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// damagedLog is a directory with a base and a log, most of it known to be on the
// disk, and what is in it.
func damagedLog(t *testing.T) (d *recorder, x *tracked) {
	d = newRecorder()
	l, r, _, err := start(d, Always, 0)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewSource(1))
	x = r.get(l, "x")
	b := l.NewBatch()
	add := func(n int) {
		for i := range n {
			b.Open()
			id := uint64(rng.Intn(1 << 14))
			x.b.set(id)
			b.Changed(x, id)
			l.Commit(b)
			if i%3 == 0 {
				_ = l.sync()
			}
		}
	}
	add(20)
	if err := l.Rewrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	add(40)
	_ = l.sync()
	return d, x
}

// Each byte of each file, three ways, and each length that is less: refused, or
// no harm, or the end cut off that was not known to be on the disk, with a
// report. Nothing else.
func TestDamage_IsFound(t *testing.T) {
	d, x := damagedLog(t)
	want := x.b.count()
	for bootID := range 2 {
		atMost := 1 // blocks that may be cut: the last, which a kill may have torn
		if bootID > 0 {
			atMost = 4
		}
		var refused, harmless, cut, silent int
		try := func(name string, at int, do func(p []byte) []byte) {
			after := d.kill()
			f := after.files[name]
			if f.now = do(f.now); bytes.Equal(f.now, d.files[name].now) {
				return
			}
			_, r, report, err := start(after, Always, bootID)
			switch {
			case err != nil:
				if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) && !errors.Is(err, ErrVersion) {
					t.Errorf("%s byte %d: %v", name, at, err)
				}
				refused++
			case r.find("x") != nil && r.find("x").b.count() == want:
				harmless++
			case report.Torn != nil && r.find("x") != nil && (report.Torn.Short || r.find("x").b.count() >= want-atMost):
				cut++
			default:
				if silent++; silent < 5 {
					t.Errorf("boot %d, %s byte %d: silently wrong: %+v", bootID, name, at, report)
				}
			}
		}
		for name, f := range d.files {
			used := len(bytes.TrimRight(f.now, "\x00"))
			for at := range f.now {
				for _, x := range []byte{1, 0x80, 0xff} {
					if at < used+64 || at%97 == 0 {
						try(name, at, func(p []byte) []byte { p[at] ^= x; return p })
					}
				}
				if at < used+64 || at%97 == 0 {
					try(name, at, func(p []byte) []byte { return p[:at] })
				}
			}
		}
		t.Logf("boot %d: refused %d, no harm %d, an end cut with a report %d, silently wrong %d", bootID, refused, harmless, cut, silent)
		if refused == 0 || cut == 0 {
			t.Error("nothing is refused, or cut")
		}
	}
}

// A file that is missing is missed, but for the last, which may have been the
// log's end.
func TestDamage_MissingFiles(t *testing.T) {
	d, _ := damagedLog(t)
	for name := range d.files {
		after := d.kill()
		delete(after.files, name)
		if _, _, _, err := start(after, Always, 0); !errors.Is(err, ErrDamaged) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestDamage_ForeignFiles(t *testing.T) {
	other, _ := damagedLog(t)
	newer := header{magic: magicLog, seq: 1}.bytes()
	newer[8] = 2
	for _, c := range []struct {
		name, says string
		content    []byte
		err        error
	}{
		{logName(1), "not a prefixtracker file", []byte("REDIS0011...."), ErrForeign},
		{logName(1), "not a prefixtracker file", nil, ErrForeign},
		{baseName(1), "not a prefixtracker file", []byte(strings.Repeat("x", 100)), ErrForeign},
		{logName(1), "another kind", header{magic: magicBase, seq: 1}.bytes(), ErrForeign},
		{logName(1), "number 2", header{magic: magicLog, seq: 2}.bytes(), ErrForeign},
		{logName(1), "format version 2, this program reads 1", sealed(newer), ErrVersion},
		{"dump.pt", "not a prefixtracker file", []byte("REDIS0011...."), ErrForeign},
		{logName(3), "another directory", header{magic: magicLog, seq: 3}.bytes(), ErrForeign},
	} {
		d := newRecorder()
		if c.name == logName(3) {
			d = other.kill()
		}
		f, _ := d.Create(c.name)
		_, _ = f.WriteAt(c.content, 0)
		_, _, _, err := start(d, Always, 0)
		if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s with %.20q: %v", c.name, c.content, err)
		}
	}
}

// sealed gives a header its checksum.
func sealed(p []byte) []byte {
	binary.LittleEndian.PutUint32(p[60:], crc32.Checksum(p[:60], castagnoli))
	return p
}

func TestDirectory_IsOneProcess(t *testing.T) {
	dir := t.TempDir()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := opened(t, testOptions(fs, newRegistry(), EverySec))
	again, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(testOptions(again, newRegistry(), EverySec)); !errors.Is(err, ErrInUse) {
		t.Errorf("a second one: %v", err)
	}
	if _, err := Check(again, boot(0), nil); !errors.Is(err, ErrInUse) {
		t.Errorf("a check: %v", err)
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	l, _ = opened(t, testOptions(again, newRegistry(), EverySec))
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A check says what a start would, and a repair cuts where it says.
func TestCheck_CutsWhereTheDamageIs(t *testing.T) {
	d, x := damagedLog(t)
	d = d.kill()
	report, err := Check(d, boot(0), nil)
	if err != nil || report.Trackers != 1 {
		t.Fatal(report, err)
	}
	if cut, err := Repair(d, boot(0)); cut != nil || err != nil {
		t.Fatal("what is whole is repaired:", cut, err)
	}
	name := logName(2)
	f := d.files[name]
	used := len(bytes.TrimRight(f.now, "\x00"))
	f.now[used/2] ^= 1
	var seen []FileReport
	_, err = Check(d, boot(0), func(r FileReport) { seen = append(seen, r) })
	var at *FileError
	if !errors.Is(err, ErrDamaged) || !errors.As(err, &at) || at.File != name || int(at.Byte) > used/2 || len(seen) != 2 {
		t.Fatal(err, seen)
	}
	if err := CheckFile(d, name, nil); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
	if err := CheckFile(d, baseName(2), nil); err != nil {
		t.Error(err)
	}
	behind := bytes.Clone(f.now[at.Byte:])
	cut, err := Repair(d, boot(0))
	if err != nil || cut == nil || cut.File != name || cut.Byte != at.Byte || !slices.Equal(cut.Files, []string{name + cutSuffix}) {
		t.Fatal(cut, err)
	}
	if kept := d.files[name+cutSuffix]; kept == nil || !bytes.Equal(kept.now, behind) {
		t.Error("what was cut off is not kept")
	}
	_, r, _, err := start(d, Always, 0)
	if err != nil {
		t.Fatal(err)
	}
	if is := r.find("x").b.count(); is == 0 || is >= x.b.count() {
		t.Errorf("%d IDs of %d", is, x.b.count())
	}
	// A base cannot be repaired.
	d, _ = damagedLog(t)
	d = d.kill()
	d.files[baseName(2)].now[100] ^= 1
	if _, err := Repair(d, boot(0)); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

// The end that did not reach the disk is an error for who wants it so.
func TestRecover_RefusesATornEnd(t *testing.T) {
	d, _ := damagedLog(t)
	f := d.files[logName(2)]
	used := len(bytes.TrimRight(f.now, "\x00"))
	f.now[used-1] ^= 1
	o := testOptions(d.kill(), newRegistry(), Always)
	o.RefuseTorn = true
	if _, _, err := Open(o); !errors.Is(err, ErrTorn) || !strings.Contains(err.Error(), logName(2)) {
		t.Error(err)
	}
	if _, _, report, err := start(d.kill(), Always, 0); err != nil || report.Torn == nil {
		t.Error(report, err)
	}
}
