package commands

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// TestIDLines_AsOneByOne: whatever IDs come in whatever order, the lines are
// those that each ID has by itself.
func TestIDLines_AsOneByOne(t *testing.T) {
	var ids []uint64
	for _, around := range []uint64{150, 1000, 10_000, 99_999, 1_234_567_890_100, tracker.MaxID - 150} {
		for id := around - 150; id <= around+150; id++ {
			ids = append(ids, id)
		}
	}
	for range 1000 {
		ids = append(ids, rand.Uint64N(400), rand.Uint64N(12_000), rand.Uint64N(tracker.Limit))
	}
	for _, config := range []tracker.Config{{}, {Width: 1}, {Width: 2}, {Width: 3, Tag: "x"}, {Width: 12}, {Width: 32}} {
		tr, err := tracker.New("vec7:", config)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []form{asIDs, asKeys, asMembers} {
			var got, want bytes.Buffer
			x := newServer(t, 0)
			one, s := x.connect(&want)
			alone := s.(*engine.Session).State.(*session)
			all, s := x.connect(&got)
			lines := idLines{session: s.(*engine.Session).State.(*session), tracker: tr, form: f}
			for _, id := range ids {
				if f == asMembers {
					alone.replyDigits(id)
				} else {
					alone.replyID(tr, id, f)
				}
				lines.write(id)
			}
			if err := one.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := all.Flush(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%+v, form %d: the lines differ", config, f)
			}
		}
	}
}
