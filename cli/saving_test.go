package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

func TestSavePoints_AreDue(t *testing.T) {
	started := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	after := func(seconds int) time.Time { return started.Add(time.Duration(seconds) * time.Second) }
	saved := func(at int) journal.Run { return journal.Run{Count: 1, Good: after(at), Began: after(at)} }
	failed := func(at int) journal.Run { return journal.Run{Failed: 1, Began: after(at)} }
	for _, test := range []struct {
		points  string
		unsaved uint64
		last    journal.Run
		now     int
		want    bool
	}{
		{"", 1 << 60, journal.Run{}, 1e6, false},
		{"60 10", 10, journal.Run{}, 60, false},
		{"60 10", 10, journal.Run{}, 61, true},
		{"60 10", 9, journal.Run{}, 61, false},
		{"60 0", 0, journal.Run{}, 61, true},
		{"3600 1 60 10", 9, journal.Run{}, 3600, false},
		{"3600 1 60 10", 9, journal.Run{}, 3601, true},
		{"3600 1 60 10", 10, journal.Run{}, 61, true},
		{"60 10", 10, saved(30), 61, false},
		{"60 10", 10, saved(30), 91, true},
		{"60 10", 10, failed(61), 65, false},
		{"60 10", 10, failed(61), 66, true},
	} {
		points, err := savings().read(test.points)
		if err != nil {
			t.Fatal(err)
		}
		if got := points.due(journal.Status{Unsaved: test.unsaved, Backup: test.last}, started, after(test.now)); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestToldRuns_Once(t *testing.T) {
	var out bytes.Buffer
	log, told := zerolog.New(&out), toldRuns{}
	for _, r := range []journal.Run{
		{}, {}, {Count: 1, Bytes: 7}, {Count: 1, Bytes: 7}, {Count: 1, Failed: 1, Err: errors.New("no room")}, {Count: 1, Failed: 1, Err: errors.New("no room")},
		{Count: 1, Failed: 2, Err: errors.New("no room")}, {Count: 2, Bytes: 8}, {Count: 2, Bytes: 8},
	} {
		told.tell(log, "backup", r)
	}
	var messages []string
	for line := range strings.Lines(out.String()) {
		messages = append(messages, strings.TrimSpace(line[strings.LastIndex(line, `:"`)+1:]))
	}
	if got := strings.Join(messages, " "); got != `"backup written"} "backup failed"} "backup failed"} "backup written"}` || strings.Count(out.String(), "no room") != 2 {
		t.Errorf("the log is told %s\n%s", got, out.String())
	}
}
