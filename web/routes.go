package web

import "net/http"

// handler is everything that there is to be seen. Health is for everybody: who probes
// has no password, and comes from another machine.
func (s *Server) handler() http.Handler {
	guarded := http.NewServeMux()
	guarded.HandleFunc("/api/v1/state", s.object(readState))
	guarded.HandleFunc("/api/v1/prefixes", s.object(readPrefixes))
	guarded.HandleFunc("/api/v1/map", s.object(readMap))
	guarded.HandleFunc("/api/v1/clients", s.object(readClients))
	guarded.HandleFunc("/api/v1/leases", s.object(readLeases))
	guarded.HandleFunc("/api/v1/cursors", s.object(readCursors))
	guarded.HandleFunc("/api/v1/sync", s.object(readSync))
	guarded.HandleFunc("/api/v1/stream", s.stream)
	guarded.Handle("/metrics", s.metrics())
	guarded.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, errNotFound) })
	guarded.Handle("/", newPage())
	if s.options.Profiles {
		guarded.HandleFunc("/debug/pprof/", s.profiles)
	}

	all := http.NewServeMux()
	all.HandleFunc("/healthz", s.health)
	all.HandleFunc("/readyz", s.ready)
	all.Handle("/", s.admitted(guarded))
	return s.decent(all)
}
