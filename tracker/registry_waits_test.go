package tracker

import (
	"testing"
	"time"
)

// Those who create and drop stand in a line, in which threads and goroutines wait
// for each other. Whoever has nothing to change, as PT.DROP of five hundred names
// that are not there, must not stand in it.
func TestRegistry_WhoChangesNothingWaitsForNobody(t *testing.T) {
	r, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	there, err := r.Create("there:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock() // somebody else's turn
	defer r.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if got := r.Drop("missing:"); got != nil {
			t.Errorf("dropped %v", got)
		}
		if got, err := r.Create("there:", Config{}); got != there || err != ErrExists {
			t.Errorf("created %p, %v", got, err)
		}
		if got, err := r.GetOrCreate("there:"); got != there || err != nil {
			t.Errorf("got %p, %v", got, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("it waits")
	}
}
