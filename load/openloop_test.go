package load

import (
	"maps"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// A server that stands still is charged for every request that was due meanwhile, and the backlog is told.
func TestLoad_OpenLoopBesideAServerThatStandsStill(t *testing.T) {
	server := redistest.Start(t)
	const (
		rate = 2000.
		stop = time.Second
	)
	for _, threads := range []int{1, 2} {
		began := time.Now()
		l := begin(t, server.Addr, Config{Clients: 10, Threads: threads, Pipeline: 4, Rate: rate}, func() *teller { return &teller{command: words("INCR", "n")} })
		redistest.Eventually(t, "replies", func() bool { return l.sum(heard) > 100 })
		resume := server.Pause()
		time.Sleep(stop)
		s := l.Take()
		resume()
		// Of the second, what is due since the clients have no more to give to: each has a batch.
		if least := uint64(rate*stop.Seconds()) - 100; s.Backlog < least || s.Behind < stop*9/10 {
			t.Errorf("threads %d: backlog %d, behind %v", threads, s.Backlog, s.Behind)
		}
		all := s
		redistest.Eventually(t, "no backlog", func() bool {
			s := l.Take()
			all.Merge(&s)
			return all.Backlog < 10 && all.Behind < 100*time.Millisecond
		})
		if err := l.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		s = l.Take()
		all.Merge(&s)
		if most := time.Since(began).Seconds()*rate + 2; float64(all.Sent) > most {
			t.Errorf("threads %d: %d requests, but only %v were due", threads, all.Sent, most)
		}
		late := int64(0)
		for _, bar := range all.Kinds[0].Latency.Distribution() {
			if bar.From >= int64(stop/2) {
				late += bar.Count
			}
		}
		if least := int64(rate * stop.Seconds() / 2 * .99); late < least {
			t.Errorf("threads %d: %d requests of %d were late by half of the stop, want %d", threads, late, all.Sent, least)
		}
		if p99 := time.Duration(all.Kinds[0].Latency.ValueAtPercentile(99)); p99 < stop*3/4 && all.Sent < 6*uint64(rate) {
			t.Errorf("threads %d: p99 %v", threads, p99)
		}
	}
}

// Replies that came together have each the latency from when its own request was due.
func TestWorker_LatencyIsEachRequestsOwn(t *testing.T) {
	w, _ := pathWorker(4, "")
	n := w.conns[0]
	for place, due := range []time.Duration{1, 1, 2, 5} {
		n.client.batch[place].Due = due * time.Second
		n.sent.push(uint32(place))
	}
	n.client.waiting = 4
	w.ended = true // to send nothing
	w.received(0, []byte("+OK\r\n+OK\r\n+OK\r\n+OK\r\n"), 10*time.Second)
	got := map[time.Duration]int64{}
	for _, bar := range w.stats.Kinds[0].Latency.Distribution() {
		if bar.Count > 0 {
			got[time.Duration(bar.From).Round(100*time.Millisecond)] += bar.Count
		}
	}
	if want := (map[time.Duration]int64{9 * time.Second: 2, 8 * time.Second: 1, 5 * time.Second: 1}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPacer_NothingIsDueEarly(t *testing.T) {
	const rate = 33_333.
	for workers := 1; workers <= 3; workers++ {
		for worker := range workers {
			p := newPacer(rate, worker, workers)
			before := time.Duration(0)
			for k := range 100_000 {
				due := p.at(k)
				exact := time.Duration(float64(k*workers+worker) * float64(time.Second) / rate)
				if due < before || due < exact-1 || due-exact > tick {
					t.Fatalf("request %d of worker %d of %d is due at %v, not %v", k, worker, workers, due, exact)
				}
				before = due
			}
		}
	}
}

// What has come due is given in its order, each with its own time.
func TestPacer_GivesWhatIsDue(t *testing.T) {
	p := newPacer(1000, 0, 1)
	p.advance(10 * time.Millisecond)
	if p.backlog() != 11 || p.behind(10*time.Millisecond) != 10*time.Millisecond {
		t.Errorf("backlog %d, behind %v", p.backlog(), p.behind(10*time.Millisecond))
	}
	for k := range 11 {
		if due := p.give(); due != time.Duration(k)*time.Millisecond {
			t.Errorf("request %d is due at %v", k, due)
		}
	}
	if p.backlog() != 0 || p.behind(time.Hour) != 0 || p.next() != 11*time.Millisecond {
		t.Errorf("backlog %d, behind %v, next at %v", p.backlog(), p.behind(time.Hour), p.next())
	}
}

// How far a load was behind is told as of when it was stopped, however long its last replies took.
func TestWorker_BacklogIsThatOfTheStop(t *testing.T) {
	server := redistest.Start(t)
	l := begin(t, server.Addr, Config{Clients: 1, Threads: 1, Pipeline: 1, Rate: 1000}, func() *teller {
		return &teller{command: words("BLPOP", "nothing", "0.5")}
	})
	redistest.Eventually(t, "a backlog", func() bool { return l.Take().Backlog > 20 })
	began := time.Now()
	if err := l.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	waited := time.Since(began)
	w := l.workers[0]
	if s := l.Take(); s.Backlog == 0 || s.Behind > w.until || w.now()-w.until < waited/2 {
		t.Errorf("%d are due for %v, at the stop after %v; %v later it had ended", s.Backlog, s.Behind, w.until, waited)
	}
}
