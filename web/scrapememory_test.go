package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// largest notes the largest piece that an answer is written in.
type largest struct {
	*httptest.ResponseRecorder
	piece int
}

func (l *largest) Write(p []byte) (int, error) {
	l.piece = max(l.piece, len(p))
	return l.ResponseRecorder.Write(p)
}

// A scrape's text is never there as a whole, however long the names of prefixes are.
func TestMetrics_ArePieces(t *testing.T) {
	const prefixes = 1000
	s := newTestServer(t, 0, Options{Prefixes: prefixes})
	for i := range prefixes {
		name := bytes.Repeat([]byte{1}, tracker.MaxPrefixLen)
		name[0], name[1] = byte(i), byte(i>>8)
		if _, err := s.options.Registry.Create(string(name), tracker.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	w := &largest{ResponseRecorder: httptest.NewRecorder()}
	s.metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.piece > pieceOfScrape {
		t.Errorf("it has a piece of %d bytes", w.piece)
	}
	if text := w.Body.String(); w.Code != http.StatusOK || strings.Count(text, "\nprefixtracker_prefix_ids{") != prefixes || !strings.HasSuffix(text, "\n") || len(text) <= pieceOfScrape {
		t.Errorf("it is answered with %d, %d bytes", w.Code, len(text))
	}
}
