package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// probeAge is how old the figures may be that a probe is answered from: many probes cost
// no more than one.
const probeAge = 100 * time.Millisecond

// health says that the process answers.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) { line(w, http.StatusOK, "ok\n") }

// ready says whether clients get what they want.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if why := s.unready(s.figures.get(probeAge)); why != "" {
		line(w, http.StatusServiceUnavailable, why+"\n")
		return
	}
	line(w, http.StatusOK, "ready\n")
}

// unready is why clients do not get what they want, in one line; "" if they do.
func (s *Server) unready(f *observe.Figures) string {
	switch {
	case s.stopping.Load():
		return "stopping"
	case f.Loading.GoesOn && f.Loading.Total == 0:
		return "loading"
	case f.Loading.GoesOn:
		l := &f.Loading
		return fmt.Sprintf("loading: %d %% of %s", 100*l.Read/max(l.Total, 1), bytesText(l.Total))
	case f.Persistence.Refusing:
		return "refusing changes: " + strings.Join(strings.Fields(f.Persistence.Failure), " ")
	case f.Sync.Waiting != "":
		return f.Sync.Waiting
	}
	return ""
}

// bytesText is n for people.
func bytesText(n int64) string {
	value, units := float64(n), []string{"bytes", "KB", "MB", "GB", "TB"}
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}
