package store

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/redis/rueidis"
)

var hang = flag.Bool("hang", false, "the first primary of TestScan_APrimaryDies hangs instead")

// filled starts a Cluster of three primaries with the keys vec:0 … vec:n-1.
func filled(t testing.TB, n int, replicas bool, flags ...string) *redistest.Cluster {
	t.Helper()
	c := redistest.StartCluster(t, 3, replicas, flags...)
	fill(t, c, n)
	return c
}

func fill(t testing.TB, c *redistest.Cluster, n int) {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{c.Primaries[0].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	redistest.Fill(t, client, "vec:", 0, n-1, 1)
}

// What is on its way while the lists are made may be on none of them. When all are held up in the middle, hundreds
// of slots move with their keys from one primary to another: of those that the first list has not come to, many
// come to places that the second has passed.
func TestScan_MissesNothingThatMoves(t *testing.T) {
	t.Parallel()
	const n, moving = 30000, 400
	c := filled(t, n, false)
	from, to := c.Primaries[0], c.Primaries[1]
	s := openPaged(t, c.URL(), 500)
	slots := c.Slots(t, from)[:moving]
	var got collector
	var pages atomic.Int64
	var move sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		// By now a third of each list has been given at most, and all are held up here.
		if pages.Add(1) >= 5 {
			move.Do(func() { moveSlots(t, c, slots, from, to) })
		}
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
}

// Slots that come back before the end leave no trace in who has them: the servers' counts of moved keys do. The third
// primary has so many keys that the lists of the others come to their end before its own.
func TestScan_MissesNothingThatComesBack(t *testing.T) {
	t.Parallel()
	const n, moving, more = 30000, 400, 15000
	c := filled(t, n, false)
	client := c.Primaries[2].Client(t)
	redistest.Fill(t, client, "vec:{00}", 0, more-1, 1)
	from, to := c.Primaries[0], c.Primaries[1]
	slots := c.Slots(t, from)[:moving]
	s := openPaged(t, c.URL(), 500)
	var got collector
	var pages atomic.Int64
	var away, back sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		n := pages.Add(1)
		if n >= 3 {
			away.Do(func() { moveSlots(t, c, slots, from, to) })
		}
		if n >= 70 { // of 20, 20 and 50: the first two lists have ended
			back.Do(func() { moveSlots(t, c, slots, to, from) })
		}
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
	got.checkAll(t, "vec:{00}", more)
}

// A primary that is new has no slots while the first are on their way to it, but has keys.
func TestScan_MissesNothingThatGoesToANewPrimary(t *testing.T) {
	t.Parallel()
	const n, moving = 10000, 300
	c := redistest.StartCluster(t, 1, false)
	fill(t, c, n)
	to := c.AddPrimary(t)
	s := openPaged(t, c.URL(), 500)
	var got collector
	var move sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		move.Do(func() {
			for _, slot := range c.Slots(t, c.Primaries[0])[:moving] {
				c.BeginMove(t, slot, c.Primaries[0], to)
			}
		})
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)

	// What has come to it nobody knows when it is gone.
	to.Kill()
	var unknown *UnknownError
	err := openPaged(t, c.URL()+"?wait=1s", 500).Scan(t.Context(), "vec:", got.page)
	if !errors.As(err, &unknown) || !strings.HasPrefix(unknown.What, "slots 0-299 ") || unknown.Err != errAway {
		t.Errorf("300 slots are on their way to a primary that is gone: %v", err)
	}
	t.Log(err)
}

func moveSlots(t testing.TB, c *redistest.Cluster, slots []int, from, to *redistest.Server) {
	t.Helper()
	for _, slot := range slots {
		c.MoveSlot(t, slot, from, to)
	}
}

// Slots move for as long as the scan and the questions last: both come to their end all the same, and a key that
// is there is said to be there wherever it is.
func TestCluster_SlotsMoveAllTheTime(t *testing.T) {
	t.Parallel()
	const n = 12000
	c := filled(t, n, false)
	s := openPaged(t, c.URL(), 500)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		from, to := c.Primaries[0], c.Primaries[1]
		for _, slot := range c.Slots(t, from) {
			select {
			case <-stop:
				return
			default:
				c.MoveSlot(t, slot, from, to)
			}
		}
		t.Log("all slots of a primary have moved")
	}()
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprintf("vec:%d", i), fmt.Sprintf("no:%d", i))
	}
	for range 2 {
		var got collector
		if err := s.Scan(t.Context(), "vec:", got.page); err != nil {
			t.Fatal(err)
		}
		got.checkAll(t, "vec:", n)
		there, err := s.Exists(t.Context(), keys, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, ok := range there {
			if ok != (i%2 == 0) {
				t.Fatalf("%s: %t", keys[i], ok)
			}
		}
		// Servers are asked one beside the other: a key that moves meanwhile may count on none.
		if _, err := s.Size(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-stopped
	if size, err := s.Size(t.Context()); err != nil || size < n {
		t.Errorf("Size %d, %v", size, err)
	}
}

// A primary that dies has a successor: the scan waits for it and misses nothing. One that has none leaves
// its slots unknown, exactly these, and all else is given.
func TestScan_APrimaryDies(t *testing.T) {
	t.Parallel()
	const n = 30000
	c := filled(t, n, true)
	for i, s := range c.Primaries {
		redistest.Eventually(t, "the replicas have all", func() bool { return s.Do(t, "DBSIZE") == c.Replicas[i].Do(t, "DBSIZE") })
	}
	s := openPaged(t, c.URL(), 500)
	var got collector
	var pages atomic.Int64
	var kill sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		if pages.Add(1) >= 4 {
			kill.Do(func() {
				if *hang {
					c.Primaries[0].Pause()
				} else {
					c.Primaries[0].Kill()
				}
			})
		}
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)

	there, err := s.Exists(t.Context(), got.sorted()[:5000], nil)
	if err != nil || slices.Contains(there, false) {
		t.Errorf("after the failover, not all are there: %v", err)
	}

	impatient := openPaged(t, c.URL()+"?wait=1s", 500)
	got.keys = nil
	var again sync.Once
	pages.Store(0)
	err = impatient.Scan(t.Context(), "vec:", func(keys []string) error {
		if pages.Add(1) >= 4 {
			again.Do(c.Replicas[0].Kill)
		}
		return got.page(keys)
	})
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.What != "slots 0-5460 of "+c.Replicas[0].Addr {
		t.Fatalf("nobody has the slots of the first primary: %v", err)
	}
	t.Log(err)
	for _, well := range c.Primaries[1:] {
		reply, err := well.Try(t, "KEYS", "*")
		if err != nil {
			t.Fatal(err)
		}
		keys, _ := reply.AsStrSlice()
		for _, key := range keys {
			if got.keys[key] == 0 {
				t.Fatalf("%s is on a primary that is well, and was not given", key)
			}
		}
	}
	if _, err := impatient.Exists(t.Context(), []string{"vec:1", "vec:2", "vec:3"}, nil); !errors.As(err, &unknown) || !strings.HasPrefix(unknown.What, "slots ") {
		t.Errorf("Exists of a key that is out of reach: %v", err)
	}
	t.Log(err)
}

func TestScan_TheSentinelsHaveAnother(t *testing.T) {
	t.Parallel()
	const n = 20000
	w := redistest.StartWatched(t, 3)
	redistest.Fill(t, w.Primary.Client(t), "vec:", 0, n-1, 1)
	redistest.Eventually(t, "the replica has all", func() bool { return w.Replica.Do(t, "DBSIZE") == fmt.Sprint(n) })
	s := openPaged(t, w.URL(), 500)
	var got collector
	var kill sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		kill.Do(w.Primary.Kill)
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
	if there, err := s.Exists(t.Context(), []string{"vec:7", "no"}, nil); err != nil || !there[0] || there[1] {
		t.Errorf("%v, %v", there, err)
	}
	if size, err := s.Size(t.Context()); size != n || err != nil {
		t.Errorf("Size %d, %v", size, err)
	}
}
