package tracker

import (
	"fmt"
	"testing"
	"time"
)

// What is done is behind a cursor, and neither outstanding nor come back; where there is a limit that may be nearer.
func TestCursorInfo_Progress(t *testing.T) {
	c := inHand(t)
	for name, p := range map[string]Pass{
		"range": {Filter: Set, Range: Range{0, 1000}},
		"limit": {Filter: Set, Range: Range{0, 1000}, Limit: 100},
	} {
		if err := c.At("p").OpenCursor(name, p); err != nil {
			t.Fatal(err)
		}
	}
	want := func(name string, progress float64) {
		t.Helper()
		if i, err := c.CursorInfo(name); err != nil || i.Progress() != progress {
			t.Errorf("%s: %v of %+v (%v), want %v", name, i.Progress(), i, err, progress)
		}
	}
	next := func(name string, n int, leased bool) string {
		t.Helper()
		var terms *LeaseTerms
		if leased {
			terms = &LeaseTerms{TTL: time.Hour}
		}
		page, err := c.NextCursor(nil, name, n, terms, nil)
		if err != nil {
			t.Fatal(err)
		}
		return page.Token
	}
	for name, all := range map[string]float64{"range": 1000, "limit": 100} {
		want(name, 0)
		next(name, 10, false)
		want(name, 10/all)
		token := next(name, 20, true)
		want(name, 10/all)
		if _, err := c.Release(token, []uint64{10}); err != nil {
			t.Fatal(err)
		}
		want(name, 10/all)
		if _, err := c.Confirm(token, nil); err != nil {
			t.Fatal(err)
		}
		want(name, 29/all)
	}
}

func TestCursorInfos_OfOneAndOfAll(t *testing.T) {
	c := inHand(t)
	c.At("q").Add([]uint64{1})
	for i := range 100 {
		for _, prefix := range []string{"p", "q"} {
			if err := c.At(prefix).OpenCursor(fmt.Sprintf("%s-%03d", prefix, i), Pass{Range: Range{0, 9}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.CloseCursor("p-050")
	q := c.registry.Get("q")
	for _, w := range []struct {
		of           *Tracker
		n, all, some int
		first        string
	}{
		{nil, 1000, 199, 199, "p-000"}, {nil, 20, 199, 20, "p-090"}, {q, 1000, 100, 100, "q-000"}, {q, 5, 100, 5, "q-095"}, {q, 0, 100, 0, ""}, {c.registry.none, 5, 0, 0, ""},
	} {
		infos := c.registry.CursorInfos(w.of, w.n)
		if got := c.registry.CountCursors(w.of); got != w.all || len(infos) != w.some {
			t.Errorf("%d of %d, want %d of %d", len(infos), got, w.some, w.all)
			continue
		}
		if len(infos) > 0 && infos[0].Name != w.first {
			t.Errorf("the first is %s, want %s", infos[0].Name, w.first)
		}
		for _, i := range infos {
			if w.of != nil && i.Tracker.Prefix() != "q" || i.Name == "p-050" {
				t.Errorf("there is %s of %s", i.Name, i.Tracker.Prefix())
			}
		}
	}
}
