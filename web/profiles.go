package web

import (
	"net/http"
	"net/http/pprof"
	"strings"
)

// profiles shows those of the running program. One may take as long as it is asked to:
// whoever does not wait for it ends it.
func (s *Server) profiles(w http.ResponseWriter, r *http.Request) {
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
