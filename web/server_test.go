package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// anybody may come in.
type anybody struct{}

func (anybody) Strict() bool                               { return false }
func (anybody) Enter() error                               { return nil }
func (anybody) NeedsPassword() bool                        { return false }
func (anybody) Authenticate(context.Context, string) error { return nil }

// newTestServer is a server of a registry with so many prefixes.
func newTestServer(t testing.TB, prefixes int, options Options) *Server {
	t.Helper()
	registry, err := tracker.NewRegistry(tracker.Config{Width: 12}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	for i := range prefixes {
		tr, err := registry.Create(fmt.Sprintf("prefix:%07d:", i), tracker.Config{MaxID: 1 << 20, Width: 12})
		if err != nil {
			t.Fatal(err)
		}
		for id := range i % 100 {
			tr.Add(uint64(id))
		}
	}
	options.Registry = registry
	options.Loading = func() bool { return false }
	options.Figures = func() *observe.Figures { return new(observe.Figures) }
	options.Clients = func(int) []observe.Client { return nil }
	options.Visitor = func(net.Addr) Visitor { return anybody{} }
	return New(options)
}

func (s *Server) ask(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	g := &guest{crowd: &s.crowd, visitor: anybody{}, gone: true} // of no connection
	s.http.Handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), guestKey{}, g)))
	return w
}

// A scrape of a thousand prefixes.
func BenchmarkScrape(b *testing.B) {
	s := newTestServer(b, 1000, Options{Prefixes: 1000})
	for b.Loop() {
		if w := s.ask(b, "/metrics"); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// A page of the prefixes, as a stream has it each second.
func BenchmarkPrefixes(b *testing.B) {
	s := newTestServer(b, 1000, Options{})
	q := prefixesQuery{ranking{by: byCount, limit: 50}}
	for b.Loop() {
		if _, err := (&view{query: q, turn: newTurn()}).read(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}

// A walk over a million prefixes.
func BenchmarkSurvey(b *testing.B) {
	s := newTestServer(b, 1_000_000, Options{})
	for b.Loop() {
		s.survey.walk([]ranking{{by: byCount, limit: 1000}, {by: byName, match: "99", limit: 50}})
	}
}
