package integration_test

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hold is an ID in the hands of a worker, as he wrote it down. The times are of the clock that all processes of a
// machine share.
type hold struct {
	id     uint64
	worker int
	got    int64 // when the reply was there
	until  int64 // till then it was his for sure
	end    string
}

// batch is one hand-out and what became of it.
type batch struct {
	worker int
	token  string
	got    int64
	ids    []uint64
	holds  []hold
}

// words are its IDs, for a command.
func (b *batch) words() (all []string) {
	for _, id := range b.ids {
		all = append(all, strconv.FormatUint(id, 10))
	}
	return all
}

// batches reads what all workers wrote down: each batch in the order of its worker.
func (s *scene) batches(t *testing.T) (all []*batch) {
	t.Helper()
	return s.batchesFrom(t, 0)
}

// batchesFrom is batches from a worker on.
func (s *scene) batchesFrom(t *testing.T, first int) (all []*batch) {
	t.Helper()
	for i, w := range s.workers[first:] {
		at := first + i
		file, err := os.Open(w.notes)
		if os.IsNotExist(err) {
			continue // it was killed at its start
		}
		if err != nil {
			t.Fatal(err)
		}
		byToken := make(map[string]*batch)
		for in := bufio.NewReaderSize(file, 1<<20); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				break
			}
			if b := noted(t, at, byToken, strings.Fields(line)); b != nil {
				all = append(all, b)
			}
		}
		file.Close()
	}
	return all
}

// noted understands one line. A new batch is returned.
func noted(t *testing.T, worker int, byToken map[string]*batch, line []string) *batch {
	t.Helper()
	number := func(at int) int64 {
		n, err := strconv.ParseInt(line[at], 10, 64)
		if err != nil {
			t.Fatalf("worker %d wrote %.200q: %v", worker, line, err)
		}
		return n
	}
	ids := func(from int) (all []uint64) {
		for at := from; at < len(line); at++ {
			all = append(all, uint64(number(at)))
		}
		return all
	}
	if line[0] == "got" { // got SENT RECEIVED TTL TOKEN ID…
		b := &batch{worker: worker, token: line[4], got: number(2), ids: ids(5)}
		for _, id := range b.ids {
			b.holds = append(b.holds, hold{id: id, worker: worker, got: b.got, until: number(1) + number(3)*1e6})
			if number(3) == 0 {
				b.holds[len(b.holds)-1].end = "confirmed" // without a lease, by the hand-out itself
			}
		}
		byToken[line[4]] = b
		return b
	}
	b := byToken[line[2]] // WHAT WHEN TOKEN …
	if b == nil {
		t.Fatalf("worker %d wrote %.200q, and has no such token", worker, line)
	}
	switch when := number(1); line[0] {
	case "renewed":
		for i := range b.holds {
			b.holds[i].until = when + number(3)*1e6
		}
	case "lost":
		for i, h := range b.holds {
			if h.end == "" && when < h.until {
				t.Errorf("worker %d was told that it has no lease on %d, %d us before its time was over", worker, h.id, (h.until-when)/1000)
			}
			b.holds[i].end = cmp.Or(h.end, "lost")
		}
	case "unknown":
		for i, h := range b.holds {
			b.holds[i].end = cmp.Or(h.end, "unknown")
		}
	default: // confirmed or released, and how many
		settled := ids(4)
		if number(3) != int64(len(settled)) {
			t.Errorf("worker %d settled %d IDs and was told %s", worker, len(settled), line[3])
		}
		for _, id := range settled {
			at := slices.Index(b.ids, id)
			b.holds[at].end, b.holds[at].until = line[0], when
		}
	}
	return nil
}

// outcome is how many holds ended how.
type outcome struct {
	given, confirmed, released, lost, again int
	maybe                                   []hold // nobody was told what became of them in the end
	faults                                  []string
}

// checkHolds fails the test if any ID was with two workers at once, was given away before the time of its lease was
// over, or once more after somebody had confirmed it.
func checkHolds(t *testing.T, batches []*batch) outcome {
	t.Helper()
	o := heldBy(batches)
	for i, fault := range o.faults {
		if i == 10 {
			t.Errorf("and %d more", len(o.faults)-i)
			break
		}
		t.Error(fault)
	}
	return o
}

func heldBy(batches []*batch) (o outcome) {
	var all []hold
	for _, b := range batches {
		all = append(all, b.holds...)
	}
	slices.SortFunc(all, func(a, b hold) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.got, b.got)) })
	for i, h := range all {
		o.given++
		switch h.end {
		case "confirmed":
			o.confirmed++
		case "released":
			o.released++
		case "lost":
			o.lost++
		}
		if i+1 == len(all) || all[i+1].id != h.id {
			if h.end == "" || h.end == "unknown" {
				o.maybe = append(o.maybe, h)
			}
			continue
		}
		o.again++
		next := all[i+1]
		if h.end == "confirmed" {
			o.faults = append(o.faults, fmt.Sprintf("ID %d was given to worker %d after worker %d had confirmed it", h.id, next.worker, h.worker))
		} else if next.got < h.until {
			o.faults = append(o.faults, fmt.Sprintf("ID %d was given to worker %d when worker %d had it for %d us more", h.id, next.worker, h.worker, (h.until-next.got)/1000))
		}
	}
	return o
}

// TestHolds: what workers write down is understood, and what must not be is found in it.
func TestHolds(t *testing.T) {
	for name, test := range map[string]struct {
		notes  []string // of a worker each; times in ms here
		faults int
		want   outcome
	}{
		"one after the other":     {[]string{"got 0 1 100 A 5 6|confirmed 2 A 2 5 6", "got 3 4 100 B 7|confirmed 5 B 1 7"}, 0, outcome{given: 3, confirmed: 3}},
		"its time was over":       {[]string{"got 0 1 100 A 5", "got 99 101 100 B 5|confirmed 102 B 1 5"}, 0, outcome{given: 2, confirmed: 1, again: 1}},
		"its time was not over":   {[]string{"got 0 1 100 A 5", "got 90 99 100 B 5"}, 1, outcome{given: 2, again: 1}},
		"it was renewed":          {[]string{"got 0 1 100 A 5|renewed 50 A 100", "got 120 140 100 B 5"}, 1, outcome{given: 2, again: 1}},
		"it was confirmed":        {[]string{"got 0 1 100 A 5|confirmed 2 A 1 5", "got 999 1000 100 B 5"}, 1, outcome{given: 2, confirmed: 1, again: 1}},
		"a half of it was":        {[]string{"got 0 1 100 A 5 6|confirmed 2 A 1 6", "got 999 1000 100 B 5 6"}, 1, outcome{given: 4, confirmed: 1, again: 2}},
		"it was given back":       {[]string{"got 0 1 100 A 5|released 2 A 1 5", "got 2 3 100 B 5|unknown 4 B"}, 0, outcome{given: 2, released: 1, again: 1}},
		"it was late":             {[]string{"got 0 1 100 A 5|lost 105 A", "got 101 102 100 B 5"}, 0, outcome{given: 2, lost: 1, again: 1}},
		"it had none, by itself":  {[]string{"got 0 1 0 - 5", "got 2 3 0 - 5"}, 1, outcome{given: 2, confirmed: 2, again: 1}},
		"to the same worker, too": {[]string{"got 0 1 100 A 5|got 2 3 100 B 5"}, 1, outcome{given: 2, again: 1}},
	} {
		var all []*batch
		for worker, notes := range test.notes {
			byToken := make(map[string]*batch)
			for line := range strings.SplitSeq(notes, "|") {
				fields := strings.Fields(line)
				times := 1 // of these the first fields are times
				if fields[0] == "got" {
					times = 2
				}
				for i := 1; i <= times; i++ {
					fields[i] += "000000"
				}
				if b := noted(t, worker, byToken, fields); b != nil {
					all = append(all, b)
				}
			}
		}
		got := heldBy(all)
		if len(got.faults) != test.faults {
			t.Errorf("%s: %q, want %d faults", name, got.faults, test.faults)
		}
		got.faults, got.maybe = nil, nil
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
