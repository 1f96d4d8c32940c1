package store

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// The connection is the caller's own: logged in with a user over TLS, in the database of the URL, and alive behind Close.
func TestDial_LetsIn(t *testing.T) {
	t.Parallel()
	ca, cert, key := redistest.Certificates(t)
	port := redistest.FreePort(t)
	plain := redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca)
	plain.Do(t, "ACL", "SETUSER", "writer", "on", ">"+secret, "~*", "+@all")
	addr := "127.0.0.1:" + port
	s := open(t, "rediss://writer:"+secret+"@"+addr+"/3?cacert="+ca+"&cert="+cert+"&key="+key)
	c, err := s.(Ways).Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.Close()
	if _, err := io.WriteString(c, "SET k v\r\nACL WHOAMI\r\nCLIENT GETNAME\r\n"); err != nil {
		t.Fatal(err)
	}
	want := "+OK\r\n$6\r\nwriter\r\n$13\r\nprefixtracker\r\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if n := plain.Do(t, "INFO", "keyspace"); !strings.Contains(n, "db3:keys=1") {
		t.Errorf("the key is not in database 3: %s", n)
	}
	if _, err := s.(Ways).Dial(t.Context(), addr); !errors.Is(err, errClosed) {
		t.Errorf("the store is closed: %v", err)
	}
}

func route(t testing.TB, url string) *Route {
	t.Helper()
	r, err := open(t, url).(Ways).Route(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRoute_Cluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, true)
	r := route(t, c.URL())
	if !r.Spread() {
		t.Error("a Cluster is not said to be one")
	}
	from, to := c.Primaries[0], c.Primaries[1]
	for _, s := range c.Primaries {
		for _, slot := range c.Slots(t, s) {
			if got := r.Addr(uint16(slot)); got != s.Addr {
				t.Fatalf("slot %d: %q, want %q", slot, got, s.Addr)
			}
		}
	}
	r.Moved(1, to.Addr)
	if got := r.Addr(1); got != to.Addr {
		t.Errorf("a server said that it has slot 1: %q", got)
	}
	c.MoveSlot(t, 2, from, to)
	if err := r.Refresh(t.Context()); err != nil || r.Addr(1) != from.Addr || r.Addr(2) != to.Addr {
		t.Errorf("slot 2 has moved, slot 1 has not: %q, %q, %v", r.Addr(2), r.Addr(1), err)
	}
	from.Kill()
	redistest.Eventually(t, "the replica has the slots", func() bool {
		return r.Refresh(t.Context()) == nil && r.Addr(3) == c.Replicas[0].Addr
	})
}

// Outside of a Cluster one server has all slots; which one, Sentinels tell.
func TestRoute_Sentinel(t *testing.T) {
	t.Parallel()
	w := redistest.StartWatched(t, 1)
	r := route(t, w.URL())
	if r.Spread() {
		t.Error("a primary alone is said to be a Cluster")
	}
	for _, slot := range []uint16{0, 16383} {
		if got := r.Addr(slot); got != w.Primary.Addr {
			t.Errorf("slot %d: %q, want the primary", slot, got)
		}
	}
	w.Primary.Kill()
	redistest.Eventually(t, "the Sentinel tells the new primary", func() bool {
		return r.Refresh(t.Context()) == nil && r.Addr(0) == w.Replica.Addr && r.Addr(16383) == w.Replica.Addr
	})
}

// One asks at a time: the others have its answer, or give up when they must.
func TestRoute_OneAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &Route{turn: make(chan struct{}, 1)} // there is nobody to ask
		r.turn <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() { gone <- r.Refresh(ctx) }()
		var joined sync.WaitGroup
		answer := errors.New("as it was asked")
		for range 10 {
			joined.Go(func() {
				if err := r.Refresh(t.Context()); err != answer {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		r.err = answer
		r.looks.Add(1)
		<-r.turn
		joined.Wait()
	})
}
