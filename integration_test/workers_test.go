package integration_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// inParallel runs the workers 0 to n-1 at once and fails the test with all their errors.
func inParallel(t *testing.T, n int, work func(worker int) error) {
	t.Helper()
	failures := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := work(i); err != nil {
				failures[i] = fmt.Errorf("worker %d: %w", i, err)
			}
		})
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
}

// withConnections is inParallel with a connection of its own for each worker. All are open
// before the first worker begins.
func withConnections(t *testing.T, n int, addr string, work func(worker int, c *client) error) {
	t.Helper()
	connections := make([]*client, n)
	for i := range connections {
		c, err := dial(addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		connections[i] = c
	}
	inParallel(t, n, func(worker int) error { return work(worker, connections[worker]) })
}

// idSet is the clients' own record of IDs, the witness against the server.
type idSet struct {
	present []atomic.Bool
}

func newIDSet(size int) *idSet { return &idSet{present: make([]atomic.Bool, size)} }

// add is an error when the ID is already there: somebody else has it too.
func (s *idSet) add(id uint64) error {
	if id >= uint64(len(s.present)) {
		return fmt.Errorf("id %d is outside [0, %d)", id, len(s.present))
	}
	if s.present[id].Swap(true) {
		return fmt.Errorf("id %d was handed out twice", id)
	}
	return nil
}

func (s *idSet) remove(id uint64)   { s.present[id].Store(false) }
func (s *idSet) has(id uint64) bool { return s.present[id].Load() }

func (s *idSet) count() int {
	n := 0
	for i := range s.present {
		if s.present[i].Load() {
			n++
		}
	}
	return n
}

func (s *idSet) mustEqual(t *testing.T, want *idSet) {
	t.Helper()
	missing, surplus := 0, 0
	for i := range s.present {
		switch got, want := s.present[i].Load(), want.present[i].Load(); {
		case want && !got:
			missing++
		case got && !want:
			surplus++
		}
	}
	if missing+surplus > 0 {
		t.Fatalf("%d IDs are missing and %d are surplus", missing, surplus)
	}
}

func (s *idSet) addAll(texts []string) error {
	for _, text := range texts {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		if err := s.add(id); err != nil {
			return err
		}
	}
	return nil
}

// keyID is the ID in a key of the default format.
func keyID(prefix, key string) (uint64, error) {
	digits, found := strings.CutPrefix(key, prefix)
	if !found || len(digits) != 12 {
		return 0, fmt.Errorf("key %q is not %s and 12 digits", key, prefix)
	}
	return strconv.ParseUint(digits, 10, 64)
}

func (s *idSet) addKeys(prefix string, keys []string) error {
	for _, key := range keys {
		id, err := keyID(prefix, key)
		if err != nil {
			return err
		}
		if err := s.add(id); err != nil {
			return err
		}
	}
	return nil
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
