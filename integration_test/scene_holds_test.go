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
	for at, w := range s.workers {
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
	maybe                                   []uint64 // the replies that nobody read, or whoever asked was killed
}

// checkHolds fails the test if any ID was with two workers at once, or was given away before the time of its lease
// was over, or once more after somebody had confirmed it. Where IDs of a pass return to it, once is false.
func checkHolds(t *testing.T, batches []*batch) (o outcome) {
	t.Helper()
	var all []hold
	for _, b := range batches {
		all = append(all, b.holds...)
	}
	slices.SortFunc(all, func(a, b hold) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.got, b.got)) })
	wrong := 0
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
		next := hold{id: ^uint64(0)}
		if i+1 < len(all) {
			next = all[i+1]
		}
		if next.id != h.id {
			if h.end == "" || h.end == "unknown" {
				o.maybe = append(o.maybe, h.id)
			}
			continue
		}
		o.again++
		fault := ""
		switch {
		case h.end == "confirmed":
			fault = "had been confirmed"
		case next.got < h.until:
			fault = fmt.Sprintf("was still held, for %d us at least", (h.until-next.got)/1000)
		}
		if fault != "" {
			if wrong++; wrong < 10 {
				t.Errorf("ID %d was given to worker %d when it %s by worker %d", h.id, next.worker, fault, h.worker)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d IDs were given to two", wrong)
	}
	return o
}
