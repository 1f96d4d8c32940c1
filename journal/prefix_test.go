package journal

import (
	"context"
	"errors"
	"math/rand"
	"testing"
)

// The log cut behind any of its blocks gives what was there when that block was
// appended.
func TestReplay_EachPrefixIsAState(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, No, 0)
	if err != nil {
		t.Fatal(err)
	}
	type state struct {
		words map[string]map[uint64]uint64
		pos   uint64
	}
	rng := rand.New(rand.NewSource(3))
	look := func(r *registry) map[string]map[uint64]uint64 {
		all := make(map[string]map[uint64]uint64)
		for _, t := range r.all {
			words := make(map[uint64]uint64)
			for wi := range uint64(bitsLimit / 64) {
				if v := t.b.Word(wi); v != 0 {
					words[wi] = v
				}
			}
			all[t.name] = words
		}
		return all
	}
	var states []state
	b := l.NewBatch()
	names := []string{"a", "b", "c"}
	keep := func() { states = append(states, state{look(r), l.Position()}) }
	keep()
	for range 300 {
		name := names[rng.Intn(len(names))]
		b.Open()
		if r.find(name) == nil {
			r.get(l, name)
			keep()
		}
		x := r.get(l, name)
		switch id := uint64(rng.Intn(4000)); rng.Intn(9) {
		case 0:
			x.b.changeRange(id, id+5000, true)
			b.ChangedRange(x, id, id+5000)
		case 1:
			x.b.changeRange(id, id+500, false)
			b.ChangedRange(x, id, id+500)
		case 2:
			l.Clear(x)
		case 3:
			r.drop(l, name)
		case 4:
			if rng.Intn(4) == 0 {
				clear(r.all)
				l.Flush()
			}
		case 5:
			x.b.claim(0, bitsLimit, rng.Intn(300), func(id uint64) { b.Claimed(x, id, 1) })
		default:
			x.b.set(id)
			b.Changed(x, id)
		}
		l.Commit(b)
		keep()
	}
	name := logName(1)
	for _, s := range states {
		after := d.kill()
		f := after.files[name]
		clear(f.now[fileHead+s.pos:])
		_, q, report, err := start(after, No, 0)
		if err != nil || report.Torn != nil {
			t.Fatalf("at %d: %v, %+v", s.pos, err, report)
		}
		is := look(q)
		if len(is) != len(s.words) {
			t.Fatalf("at %d: %d trackers, there were %d", s.pos, len(is), len(s.words))
		}
		for name, words := range s.words {
			if len(is[name]) != len(words) {
				t.Fatalf("at %d: %s has %d words, had %d", s.pos, name, len(is[name]), len(words))
			}
			for wi, v := range words {
				if is[name][wi] != v {
					t.Fatalf("at %d: %s word %d is %x, was %x", s.pos, name, wi, is[name][wi], v)
				}
			}
		}
	}
}

// What is in a backup was all there at its end, in the order in which it came to
// be, though it was read here and there meanwhile.
func TestBackup_IsOneState(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewSource(1))
	x, b := r.get(l, "x"), l.NewBatch()
	for wi := range uint64(bitsLimit / 64) {
		x.b.change(wi, rng.Uint64()&^1, true)
	}
	b.Open()
	b.ChangedRange(x, 0, bitsLimit)
	l.Commit(b)
	var order []uint64
	writes := 0
	d.before = func(op, name string) {
		if op != "write" || name != "dump.pt"+unnamed {
			return
		}
		writes++
		// One that has been read, mostly, and then one that has not.
		for _, wi := range []uint64{uint64(writes), uint64(bitsLimit/64 - writes)} {
			b.Open()
			x.b.set(wi << 6)
			b.Changed(x, wi<<6)
			l.Commit(b)
			order = append(order, wi<<6)
		}
	}
	if err := l.Backup(context.Background(), "dump.pt"); err != nil || writes < 4 {
		t.Fatal(err, writes)
	}
	empty := newRecorder()
	empty.files["dump.pt"] = d.files["dump.pt"]
	_, s, _, err := start(empty, EverySec, 1)
	if err != nil {
		t.Fatal(err)
	}
	there := len(order)
	for i, id := range order {
		if !s.find("x").b.test(id) {
			there = min(there, i)
		} else if i > there {
			t.Errorf("change %d is there, and change %d is not", i, there)
		}
	}
	if there < 4 {
		t.Errorf("%d changes are there", there)
	}
	// What is damaged is not restored, and does not stand in the way.
	empty = newRecorder()
	empty.files["dump.pt"] = d.kill().files["dump.pt"]
	empty.files["dump.pt"].now[1000] ^= 1
	if _, _, _, err := start(empty, EverySec, 1); !errors.Is(err, ErrDamaged) || len(empty.files) != 1 {
		t.Errorf("%v, %d files", err, len(empty.files))
	}
}

// A backup, restored into an empty directory, is the state at its end; what is to
// be done then is asked for until it is done.
func TestBackup_IsRestored(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	x.stats = "counts"
	claim := func(n int) {
		b.Open()
		x.b.claim(0, bitsLimit, n, func(id uint64) { b.Claimed(x, id, 1) })
		l.Commit(b)
	}
	claim(5000)
	// What changes while it is written is in it.
	d.before = func(op, name string) {
		if op == "write" && name == "dump.pt"+unnamed {
			claim(100)
		}
	}
	if err := l.Backup(context.Background(), "dump.pt"); err != nil {
		t.Fatal(err)
	}
	d.before = nil
	for _, name := range []string{"", "LOCK", "a/b", "../x", "x.tmp", logName(7), baseName(7), ".x"} {
		if err := l.Backup(context.Background(), name); err == nil {
			t.Errorf("%q is a backup's name", name)
		}
	}
	if err := CheckFile(d, "dump.pt", nil); err != nil {
		t.Error(err)
	}
	dump := d.files["dump.pt"]
	if n := x.b.count(); dump == nil || n <= 5100 {
		t.Fatal(n)
	}
	empty := newRecorder()
	empty.files["dump.pt"], empty.durable["dump.pt"] = dump, dump
	for try := range 3 {
		l, s, report, err := start(empty, EverySec, 5+try)
		if err != nil {
			t.Fatal(err)
		}
		y := s.find("x")
		if !report.Restored || report.Quarantined > 0 || y.stats != "counts" {
			t.Errorf("try %d: %+v, %q", try, report, y.stats)
		}
		// 5,000, and the 100 from before the walk: the others came behind its end.
		if n := y.b.count(); n != 5100 {
			t.Errorf("try %d: %d IDs", try, n)
		}
		if try == 1 {
			b := l.NewBatch()
			b.Open()
			y.b.claim(0, bitsLimit, 10, func(id uint64) { b.Claimed(y, id, 1) })
			commit(t, l, b)
			l.finishRestore()
		}
		empty = empty.kill()
		if try == 1 {
			break
		}
	}
	_, s, report, err := start(empty, EverySec, 6)
	if err != nil || report.Restored || !report.FromBackup {
		t.Fatalf("%+v %v", report, err)
	}
	if n := s.find("x").b.count(); n != 5110 {
		t.Errorf("%d IDs", n)
	}
}
