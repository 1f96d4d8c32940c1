package web

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// counted is a query that knows how often it was read.
type counted struct{ reads *int }

func (counted) event() string { return "counted" }

func (q counted) object(ctx context.Context, _ *Server, _ *view) (any, error) {
	*q.reads++
	return *q.reads, ctx.Err()
}

// All who follow the same get what was read once, and somebody who goes meanwhile says nothing to the others.
func TestViews_AreReadOnce(t *testing.T) {
	s := newTestServer(t, 1, Options{Connections: 8})
	q := counted{new(int)}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.views.get(q).follow(gone, s); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	*q.reads = 0
	var first *byte
	for range 100 {
		text, err := s.views.get(q).follow(t.Context(), s)
		if err != nil || string(text) != "1" {
			t.Fatalf("%s, %v", text, err)
		}
		if first == nil {
			first = &text[0]
		} else if first != &text[0] {
			t.Fatal("it was written twice")
		}
	}
	v := s.views.get(q)
	v.at = v.at.Add(-streamedAge)
	if text, err := v.follow(t.Context(), s); err != nil || string(text) != "2" {
		t.Errorf("a second later: %s, %v", text, err)
	}
	if text, err := v.read(t.Context(), s); err != nil || string(text) != "3" { // for one who asks
		t.Errorf("%s, %v", text, err)
	}
}

// Views that nobody asks for are forgotten, and there are never too many.
func TestViews_AreForgotten(t *testing.T) {
	s := newTestServer(t, 1, Options{Connections: 8})
	for i := range 1000 {
		s.views.get(mapQuery{prefix: fmt.Sprint(i)})
		if n := len(s.views.of); n > viewsOfConnection*8 {
			t.Fatalf("%d views", n)
		}
	}
	for _, v := range s.views.of {
		v.used = v.used.Add(-viewLife - time.Second)
	}
	s.views.get(stateQuery{}).used = time.Now()
	s.views.sweep(time.Now())
	if n := len(s.views.of); n != 1 || s.pace.walks.Load() != 1 {
		t.Errorf("%d views, %d walks", n, s.pace.walks.Load())
	}
	s.views.get(mapQuery{prefix: "a"})
	s.views.get(mapQuery{prefix: "b"})
	s.views.sweep(time.Now())
	if n := s.pace.walks.Load(); n != 3 {
		t.Errorf("%d walks, want those of two maps and the prefixes'", n)
	}
}
