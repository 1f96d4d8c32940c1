package journal

import (
	"context"
	"errors"
	"testing"
)

// opened opens a directory or fails the test.
func opened(t testing.TB, o Options) (*Log, *Report) {
	t.Helper()
	l, report, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return l, report
}

// commit has b's replies go out.
func commit(t testing.TB, l *Log, b *Batch) {
	t.Helper()
	if g := l.Commit(b); !l.Reached(g) {
		if err := l.sync(); err != nil {
			t.Fatal(err)
		}
		if !l.Reached(g) {
			t.Fatalf("the gate %+v is shut: %+v", g, l.Status())
		}
	}
}

func TestLog_BringsBackWhatWasThere(t *testing.T) {
	for _, place := range []string{"recorder", "directory"} {
		t.Run(place, func(t *testing.T) {
			var fs FS = newRecorder()
			if place == "directory" {
				var err error
				if fs, err = Directory(t.TempDir()); err != nil {
					t.Fatal(err)
				}
			}
			r := newRegistry()
			l, _ := opened(t, testOptions(fs, r, EverySec))
			l.Start()
			b := l.NewBatch()
			b.Open()
			x, y, z := r.get(l, "x"), r.get(l, "y"), r.get(l, "z")
			for id := uint64(0); id < 1000; id += 7 {
				x.b.set(id)
				b.Changed(x, id)
			}
			y.b.changeRange(100, 500000, true)
			b.ChangedRange(y, 100, 500000)
			commit(t, l, b)
			if err := l.Rewrite(context.Background()); err != nil {
				t.Fatal(err)
			}
			b.Open()
			r.drop(l, "z")
			y.b.claim(0, bitsLimit, 50, func(id uint64) { b.Claimed(y, id, 1) })
			x.b.unset(7)
			b.Changed(x, 7)
			l.Wait(l.Commit(b), nil)
			if err := l.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			s := newRegistry()
			o := testOptions(fs, s, EverySec)
			o.BootID = boot(1) // another start of the machine: it was a clean end
			l, report := opened(t, o)
			if report.PowerLoss || report.Quarantined > 0 || report.Torn != nil || report.Trackers != 2 {
				t.Errorf("%+v", report)
			}
			for _, was := range []*tracked{x, y} {
				is := s.find(was.name)
				if is == nil {
					t.Fatalf("%s is gone", was.name)
				}
				if wi, ok := was.b.equal(is.b); !ok {
					t.Errorf("%s: word %d: %x, was %x", was.name, wi, is.b.Word(wi), was.b.Word(wi))
				}
			}
			if s.find(z.name) != nil {
				t.Error("z is back")
			}
			l.Start()
			if err := l.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := l.Refusing(); !errors.Is(err, ErrClosed) {
				t.Error(err)
			}
		})
	}
}
