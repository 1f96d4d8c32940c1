package integration_test

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var trialKeys = flag.Int("trial-keys", 100_000, "keys that TestWorkersThatOnlyReconnect writes")

// trial is workers that fill a real store, beside a tracker that is killed meanwhile.
type trial struct {
	tracker string // its address, the same in each life
	store   *store
	keys    int
	written atomic.Int64
	refused atomic.Int64 // keys that were there already
	asked   atomic.Int64 // IDs of hand-outs that were not answered
}

// TestWorkersThatOnlyReconnect kills the tracker five times while eight workers write keys into a real
// redis-server. They know nothing of it but that they have to connect again: it ends by itself, and no key
// is written twice. What the tracker had handed out when it was killed, and nobody was told of, is found in
// the end by asking the store for each key, and there is no more of it than was asked for.
func TestWorkersThatOnlyReconnect(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	flags := []string{"--addr", "127.0.0.1:" + port, "--dir", t.TempDir()}
	tracker := startMortal(t, flags...)
	f := &trial{tracker: tracker.addr, store: startRedis(t), keys: *trialKeys}
	connect(t, f.tracker).mustDo(t, fmt.Sprintf("PT.CREATE io: MAXID %d", f.keys), simple("OK"))
	redis := connect(t, f.store.addr)

	wrong := make(chan error, 8)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() { wrong <- f.fill(1 << worker) }) // each with a COUNT of its own
	}
	for life := range 5 {
		eventually(t, "a sixth more is written", func() bool {
			return int(f.written.Load()) >= f.keys*(life+1)/7
		})
		tracker.kill(t)
		tracker = startMortal(t, flags...)
	}
	all.Wait()
	for range 8 {
		if err := <-wrong; err != nil {
			t.Error(err)
		}
	}
	admin := connect(t, f.tracker)
	admin.mustDo(t, "PT.COUNT io:", integer(f.keys))
	size := atoi(t, redis.mustReply(t, "DBSIZE").text)
	leaked := f.keys - size
	t.Logf("%d keys were written; %d IDs were handed out and nobody was told, %d were asked for; %d keys were refused by the store", size, leaked, f.asked.Load(), f.refused.Load())
	if leaked < 0 || leaked > int(f.asked.Load()) {
		t.Errorf("%d keys are missing, and %d IDs were asked for when the tracker was killed", leaked, f.asked.Load())
	}

	inParallel(t, 8, f.complete)
	redis.mustDo(t, "DBSIZE", integer(f.keys))
	if refused := f.refused.Load(); refused > 0 {
		t.Errorf("%d keys were there already when they were written", refused)
	}
}

// fill claims and writes until nothing is left. Whenever the connection ends it connects again.
func (f *trial) fill(count int) error {
	store, err := dial(f.store.addr)
	if err != nil {
		return err
	}
	defer store.close()
	for lives := 0; ; lives++ {
		tracker, err := f.reconnect()
		if err != nil {
			return err
		}
		done, err := f.fillFrom(tracker, store, count)
		tracker.close()
		if done || err != nil {
			return err
		}
		if lives > 100 {
			return fmt.Errorf("the connection was lost %d times", lives)
		}
	}
}

// reconnect connects as soon as there is somebody who has read his log.
func (f *trial) reconnect() (*client, error) {
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var c *client
		if c, err = dial(f.tracker); err != nil {
			continue
		}
		var r reply
		if r, err = c.do("PT.EXISTS", "io:", "0"); err == nil && r.kind == ':' {
			return c, nil
		}
		c.close()
		if err == nil && !strings.HasPrefix(r.text, "LOADING") {
			return nil, fmt.Errorf("PT.EXISTS replied %q", r.text)
		}
	}
	return nil, fmt.Errorf("the tracker is not there again: %w", err)
}

func (f *trial) fillFrom(tracker, store *client, count int) (done bool, err error) {
	for {
		r, err := tracker.do("PT.CLAIMNEXT", "io:", "COUNT", strconv.Itoa(count), "KEYS")
		if err != nil {
			f.asked.Add(int64(count))
			return false, nil
		}
		if r.kind != '*' {
			return false, fmt.Errorf("PT.CLAIMNEXT replied %q", r.text)
		}
		if len(r.items) == 0 {
			return true, nil
		}
		if err := f.write(store, r.texts()); err != nil {
			return false, err
		}
	}
}

// write writes keys that must not be there.
func (f *trial) write(store *client, keys []string) error {
	for _, key := range keys {
		store.send("SET", key, "value", "NX")
	}
	for range keys {
		r, err := store.receive()
		if err != nil {
			return err
		}
		if r.raw == null2 {
			f.refused.Add(1)
		} else if r.text != "OK" {
			return fmt.Errorf("SET replied %q", r.text)
		}
		f.written.Add(1)
	}
	return nil
}

// complete writes what its part of the IDs has and the store has not, when nobody else writes any more.
func (f *trial) complete(worker int) error {
	tracker, err := dial(f.tracker)
	if err != nil {
		return err
	}
	defer tracker.close()
	store, err := dial(f.store.addr)
	if err != nil {
		return err
	}
	defer store.close()
	for cursor := "0"; ; {
		page, err := tracker.do("PT.SCAN", "io:", cursor, "PARTITION", strconv.Itoa(worker), "8", "COUNT", "1000", "KEYS")
		if err != nil || len(page.items) != 2 {
			return fmt.Errorf("PT.SCAN replied %.100q, %w", page.text, err)
		}
		keys := page.items[1].texts()
		for _, key := range keys {
			store.send("EXISTS", key)
		}
		var missing []string
		for _, key := range keys {
			r, err := store.receive()
			if err != nil {
				return err
			}
			if r.text == "0" {
				missing = append(missing, key)
			}
		}
		if err := f.write(store, missing); err != nil {
			return err
		}
		if cursor = page.items[0].text; cursor == "0" {
			return nil
		}
	}
}
