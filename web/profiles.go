package web

import (
	"net/http"
	"net/http/pprof"
	"strings"
	"time"
)

// profiles shows those of the running program. They may take as long as they are asked
// to: whoever does not wait for one ends it.
func (s *Server) profiles(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it can be set
	switch strings.TrimPrefix(r.URL.Path, "/debug/pprof/") {
	case "cmdline":
		refuse(w, errNotFound) // a password may be in it
	case "profile":
		pprof.Profile(w, r)
	case "symbol":
		pprof.Symbol(w, r)
	case "trace":
		pprof.Trace(w, r)
	default:
		pprof.Index(w, r)
	}
}
