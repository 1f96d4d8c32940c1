package tracker

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// logged is a registry with the log of a directory.
func logged(t *testing.T, dir string) (*Registry, *journal.Log) {
	t.Helper()
	return loggedWith(t, dir, func(all journal.Objects) journal.Objects { return all })
}

// loggedWith is logged, with another way to go through all that a base has.
func loggedWith(t *testing.T, dir string, objects func(journal.Objects) journal.Objects) (*Registry, *journal.Log) {
	t.Helper()
	r, err := NewRegistry(Config{MaxID: 1 << 22}, nil)
	if err != nil {
		t.Fatal(err)
	}
	fs, err := journal.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	to := r.Restore()
	l, _, err := journal.Open(journal.Options{FS: fs, Target: to, Objects: objects(r.Entries()), BootID: [16]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Keep(l); err != nil {
		t.Fatal(err)
	}
	l.Start()
	t.Cleanup(func() { r.Close(); l.Close(context.Background()) })
	return r, l
}

// passes is all that is to come back of cursors.
func passes(r *Registry) string {
	var b strings.Builder
	for _, name := range slices.Compact(slices.Sorted(r.Cursors())) {
		c := r.cursor(name)
		c.mu.Lock()
		pages := make(map[uint64]string)
		var outstanding, returned uint64
		for i, p := range c.pages {
			if p.place != i || p.era != c.era || len(p.left) == 0 {
				fmt.Fprintf(&b, "page %d is in no order", p.no)
			}
			if p.ended {
				returned += Total(p.left)
			} else {
				outstanding += Total(p.left)
			}
			if p.ended || p.onClose {
				pages[p.no] = fmt.Sprint("back ", p.left)
			} else {
				pages[p.no] = fmt.Sprint(p.hold.token, (p.hold.left()+1800e3)/3600e3, p.left) // whole hours are renewed to
			}
		}
		if outstanding != c.outstanding || returned != c.returned {
			fmt.Fprintf(&b, "%d outstanding, %d returned: not %d, %d", c.outstanding, c.returned, outstanding, returned)
		}
		fmt.Fprintf(&b, "%s %s %+v %d %d %d %v %d\n", name, c.hold.tracker.Prefix(), c.pass, c.at, c.final, c.loops, c.some, c.lastPage)
		for _, no := range slices.Sorted(maps.Keys(pages)) {
			fmt.Fprintln(&b, "   ", no, pages[no])
		}
		c.mu.Unlock()
	}
	return b.String()
}

// imageOf copies what was written in a directory: files have room behind that.
func imageOf(t *testing.T, dir, image string) {
	t.Helper()
	if err := os.Mkdir(image, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		from, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for block := make([]byte, 16<<10); ; {
			n, err := from.Read(block)
			if all = append(all, block[:n]...); err != nil || strings.Trim(string(block[:n]), "\x00") == "" {
				break
			}
		}
		to := filepath.Join(image, e.Name())
		if err := os.WriteFile(to, all, 0o600); err != nil {
			t.Fatal(err)
		}
		if info, err := from.Stat(); err != nil || os.Truncate(to, info.Size()) != nil {
			t.Fatal(err)
		}
		from.Close()
	}
}

// busy does anything with cursors that there is to do. They want all IDs: what a cursor
// passes over is not in the log.
type busy struct {
	*Caller
	*testing.T
	rnd    *rand.Rand
	tokens []string
}

func (b *busy) step() {
	b.Helper()
	name := fmt.Sprint("c", b.rnd.IntN(3))
	token := ""
	if len(b.tokens) > 0 {
		token = b.tokens[max(len(b.tokens)-1-b.rnd.IntN(6), 0)]
	}
	ids := make([]uint64, 20)
	for i := range ids {
		ids[i] = b.rnd.Uint64N(50)
	}
	switch b.rnd.IntN(16) {
	case 0, 1:
		prefix := fmt.Sprint("p", b.rnd.IntN(2))
		b.At(prefix).Reserve(1)
		err := b.At(prefix).OpenCursor(name, Pass{
			Filter: All, Range: Range{0, 50}, Random: b.rnd.IntN(2) == 0, Seed: b.rnd.Uint64N(2),
			Loop: b.rnd.IntN(2) == 0, Limit: 10 * b.rnd.Uint64N(20),
		})
		if err != nil && err != ErrCursorOther {
			b.Fatal(err)
		}
	case 2:
		if b.rnd.IntN(4) == 0 {
			b.CloseCursor(name)
		}
	case 3:
		if b.rnd.IntN(4) == 0 {
			b.SeekCursor(name, b.rnd.Uint64N(51))
		}
	case 4:
		if b.rnd.IntN(10) == 0 {
			b.Drop(fmt.Sprint("p", b.rnd.IntN(2)))
		}
	case 5:
		b.Confirm(token, ids)
	case 6:
		b.Release(token, ids)
	case 7:
		b.Confirm(token, nil)
	case 8:
		b.Release(token, nil)
	case 9:
		b.Renew(token, time.Duration(1+b.rnd.IntN(9))*time.Hour)
	default:
		var o *LeaseTerms
		if b.rnd.IntN(4) > 0 {
			o = &LeaseTerms{TTL: time.Hour, OnClose: b.rnd.IntN(8) == 0}
		}
		page, err := b.NextCursor(nil, name, 1+b.rnd.IntN(9), o, nil)
		if err != nil && err != ErrNoCursor {
			b.Fatal(err)
		}
		if page.Token != "" {
			b.tokens = append(b.tokens, page.Token)
		}
	}
}

// Wherever a log ends that is killed, cursors, their pages and what is left of them come back as they were.
func TestCursor_CutsLoseNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) { // each state is a start of a log
		dir, images := t.TempDir(), t.TempDir()
		r, l := logged(t, dir)
		notes := l.NewBatch()
		b := &busy{Caller: r.Caller(nil), T: t, rnd: rand.New(rand.NewPCG(seed, 7))}
		b.Note(notes)
		var want []string
		for k := range 60 {
			b.step()
			l.Wait(l.Commit(notes), nil)
			if got := passes(r); len(want) > 0 && got == want[len(want)-1] {
				continue
			} else {
				want = append(want, got)
			}
			image := filepath.Join(images, fmt.Sprint(len(want)))
			imageOf(t, dir, image)
			if k%25 == 24 {
				if err := l.Rewrite(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for k, w := range want {
			again, _ := logged(t, filepath.Join(images, fmt.Sprint(k+1)))
			if got := passes(again); got != w {
				t.Fatalf("seed %d, change %d:\n%s\nwant\n%s", seed, k, got, w)
			}
		}
		t.Logf("%d states", len(want))
	}
}

// A base that is written while all goes on, so that each note in it is of another moment, leads with the log
// behind it to the same.
func TestCursor_ComesBackFromABaseOfManyMoments(t *testing.T) {
	t.Parallel()
	notes := 0
	for seed := range uint64(3) {
		dir := t.TempDir()
		var meanwhile func()
		r, l := loggedWith(t, dir, func(all journal.Objects) journal.Objects {
			return func(yield func(journal.Entry) bool) {
				for e := range all {
					if said := e.Notes; said != nil {
						e.Notes = func(yield func(journal.Note) bool) {
							for note := range said {
								if notes++; !yield(note) {
									return
								}
								meanwhile()
							}
						}
					}
					if !yield(e) {
						return
					}
				}
			}
		})
		changes := l.NewBatch()
		b := &busy{Caller: r.Caller(nil), T: t, rnd: rand.New(rand.NewPCG(seed, 8))}
		b.Note(changes)
		meanwhile = func() {
			for range b.rnd.IntN(12) {
				b.step()
				l.Commit(changes)
			}
		}
		for k := range 20 {
			for range 100 {
				b.step()
				l.Commit(changes)
			}
			if err := l.Rewrite(context.Background()); err != nil {
				t.Fatal(err)
			}
			if k%4 != 0 {
				continue
			}
			for range 60 {
				b.step()
				l.Commit(changes)
			}
			want, image := passes(r), filepath.Join(t.TempDir(), "image")
			imageOf(t, dir, image)
			again, _ := logged(t, image)
			if got := passes(again); got != want {
				t.Fatalf("seed %d, base %d:\n%s\nwant\n%s", seed, k, got, want)
			}
		}
	}
	t.Logf("%d notes", notes)
}

// Of a page whose IDs fare differently each part comes back as it is.
func TestCursor_PartsOfAPageComeBack(t *testing.T) {
	dir := t.TempDir()
	r, l := logged(t, dir)
	changes := l.NewBatch()
	c := r.Caller(nil)
	c.At("p").Reserve(1)
	c.Note(changes)
	w := work(t, r, "c", "p", Pass{Filter: All, Range: Range{0, 50}, Random: true, Seed: 2})
	w.Note(changes)
	token, ids := w.lend(9, time.Hour)
	for _, settle := range []func() (uint64, error){
		func() (uint64, error) { return w.Release(token, ids[2:4]) },
		func() (uint64, error) { return w.Confirm(token, ids[5:6]) },
		func() (uint64, error) { return w.Release(token, ids[8:]) },
		func() (uint64, error) { return w.Release(token, nil) },
	} {
		if n, err := settle(); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		l.Wait(l.Commit(changes), nil)
		image := filepath.Join(t.TempDir(), "image")
		imageOf(t, dir, image)
		again, _ := logged(t, image)
		if got, want := passes(again), passes(r); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
	}
}
