package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// stream sends what a request asks for, and again each second, as server-sent events,
// until its client goes or does not read.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		refuse(w, badQuery{"the query", "escaped as in an address"})
		return
	}
	queries, err := streamed(values)
	if err != nil {
		refuse(w, err)
		return
	}
	if s.streams.Add(1) > int64(s.options.Connections*3/4) {
		s.streams.Add(-1)
		refuse(w, notReady("too many look on already"))
		return
	}
	defer s.streams.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy passes it on at once
	control := http.NewResponseController(w)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = io.WriteString(w, "retry: 1000\n\n") // whether he has gone is seen later
	f := follower{server: s, queries: queries, sent: make([]*byte, len(queries))}
	next := time.NewTicker(tick)
	defer next.Stop()
	for {
		f.tell(r.Context(), w)
		if control.Flush() != nil {
			return
		}
		select {
		case <-next.C:
		case <-r.Context().Done():
			return
		case <-s.draining:
			return
		}
	}
}

// streamed are the queries of a stream.
func streamed(values url.Values) ([]query, error) {
	queries := []query{stateQuery{}}
	readers := []func(url.Values) (query, error){readPrefixes}
	if values.Get("prefix") != "" {
		readers = append(readers, readMap)
	}
	// The limit is that of the prefixes.
	prefix := url.Values{"prefix": values["prefix"]}
	for _, also := range []struct {
		what string
		read func(url.Values) (query, error)
	}{{"clients", readClients}, {"leases", readLeases}, {"cursors", readCursors}, {"sync", readSync}} {
		if values.Get(also.what) == "1" {
			readers = append(readers, func(url.Values) (query, error) { return also.read(prefix) })
		}
	}
	for _, read := range readers {
		q, err := read(values)
		if err != nil {
			return nil, err
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// follower is one who follows.
type follower struct {
	server  *Server
	queries []query
	sent    []*byte // what he has of each
	gone    bool    // he knows that there is no such prefix
}

// tell writes the events that are news. Errors of w stay with it.
func (f *follower) tell(ctx context.Context, w io.Writer) {
	for i, q := range f.queries {
		text, err := f.server.views.get(q).follow(ctx, f.server)
		switch {
		case errors.Is(err, errNoPrefix):
			m, is := q.(mapQuery)
			if is && !f.gone {
				gone, _ := json.Marshal(map[string]string{"prefix": nameOf(m.prefix)}) // text can be written
				event(w, "gone", gone)
			}
			f.gone = f.gone || is
		case err != nil: // not yet
		case &text[0] != f.sent[i]:
			event(w, q.event(), text)
			f.sent[i] = &text[0]
			f.gone = f.gone && q.event() != "map"
		}
	}
}

func event(w io.Writer, name string, data []byte) {
	_, _ = io.WriteString(w, "event: "+name+"\ndata: ")
	_, _ = w.Write(data)
	_, _ = io.WriteString(w, "\n\n")
}
