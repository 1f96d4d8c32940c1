package web

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// What is walked over again takes its share of a processor at most.
func TestPace_Share(t *testing.T) {
	p := newPace()
	for _, test := range []struct {
		walks     int64
		ago, took time.Duration
		again     bool
	}{
		{1, time.Second, 0, true}, {1, 800 * time.Millisecond, 0, false}, // once a second
		{1, 49 * time.Second, time.Second, false}, {1, 51 * time.Second, time.Second, true}, // a fiftieth
		{100, 4 * time.Second, time.Millisecond, false}, {100, 6 * time.Second, time.Millisecond, true}, // all of them together
		{100, time.Second, 100 * time.Microsecond, true},
	} {
		p.walks.Store(test.walks)
		walked := false
		p.again(time.Now().Add(-test.ago), test.took, func() { walked = true })
		if walked != test.again {
			t.Errorf("%+v: walked %t", test, walked)
		}
	}
}

// One walks at a time. Who follows does not wait for his turn, who has nothing yet does, until he goes.
func TestPace_Turns(t *testing.T) {
	p := newPace()
	walking, end := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- p.first(t.Context(), func() {
			close(walking)
			<-end
		})
	}()
	<-walking
	p.again(time.Time{}, 0, func() { t.Error("two walk") })
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := p.first(gone, func() { t.Error("somebody walks for nobody") }); err != context.Canceled {
		t.Error(err)
	}
	var second atomic.Bool
	go func() { ended <- p.first(t.Context(), func() { second.Store(true) }) }()
	if second.Load() {
		t.Error("two walk")
	}
	close(end)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if !second.Load() {
		t.Error("nobody has walked for the second one")
	}
}

// Between the walks of those who ask for something new there is as much time as they take.
func TestPace_HalfOfAProcessor(t *testing.T) {
	p := newPace()
	const took = 20 * time.Millisecond
	var ended time.Time
	for range 5 {
		if err := p.first(t.Context(), func() {
			if rest := time.Since(ended); rest < took {
				t.Errorf("only %v after the last walk", rest)
			}
			time.Sleep(took)
			ended = time.Now()
		}); err != nil {
			t.Fatal(err)
		}
	}
	// Who has gone meanwhile does not keep the turn.
	gone, leave := context.WithTimeout(t.Context(), time.Millisecond)
	defer leave()
	if err := p.first(gone, func() {}); err == nil {
		t.Log("the machine was slow: it was his turn")
	}
	if !p.turn.try() {
		t.Error("the turn is lost")
	}
}
