package store

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// A slot may be on its way for long, with some of its keys here, some there, and some nowhere.
func TestExists_OnItsWay(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 2, false)
	from, to := c.Primaries[0], c.Primaries[1]
	tag := 0
	for ; ; tag++ {
		if slot := int(keyslot.Of(strconv.Itoa(tag))); c.Slots(t, from)[0] <= slot && slot < 8000 {
			break
		}
	}
	var keys []string
	for i := range 30 {
		keys = append(keys, fmt.Sprintf("vec:{%d}%d", tag, i))
		if i%3 > 0 {
			from.Do(t, "SET", keys[i], "x")
		}
	}
	c.BeginMove(t, int(keyslot.Of(keys[0])), from, to)
	for i := 2; i < len(keys); i += 3 {
		from.Do(t, "MIGRATE", "127.0.0.1", to.Port, keys[i], "0", "60000")
	}
	there, err := open(t, c.URL()+"?wait=1s").Exists(t.Context(), keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, ok := range there {
		if ok != (i%3 > 0) {
			t.Errorf("%s: %t", keys[i], ok)
		}
	}
}

// Who does not wait for his answer any more breaks nobody else's connection, and leaves none behind
// on which the next would read it.
func TestExists_EndedCallsHarmNobody(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	r.Do(t, "SET", "vec:1", "x")
	s := open(t, "redis://"+r.Addr)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for n := range 100 {
				ctx, end := context.WithCancel(t.Context())
				if i%2 == 1 {
					time.AfterFunc(time.Duration(n)*10*time.Microsecond, end)
				}
				there, err := s.Exists(ctx, []string{"vec:1", "vec:2", "vec:1"}[i%2:], nil)
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if err == nil && there[0] != (i%2 == 0) {
					t.Errorf("%d: %v", i, there)
				}
				end()
			}
		})
	}
	all.Wait()
	s.Close()
	if n := len(s.(*servers).conns); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
