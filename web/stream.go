package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// mostStreams is how many can be followed at once.
const mostStreams = 200

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
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		refuse(w, notReady("too many look on already"))
		return
	}
	defer s.streams.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy passes it on at once
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{})
	if r.Method == http.MethodHead {
		return
	}
	f := follower{server: s, queries: queries, sent: make([]*byte, len(queries))}
	f.buf = append(f.buf, "retry: 1000\n\n"...)
	next := time.NewTicker(tick)
	defer next.Stop()
	for {
		f.collect()
		_ = control.SetWriteDeadline(time.Now().Add(replyPatience))
		if _, err := w.Write(f.buf); err != nil || control.Flush() != nil {
			return
		}
		f.buf = f.buf[:0]
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
	if values.Get("clients") == "1" {
		readers = append(readers, func(url.Values) (query, error) { return readClients(nil) })
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
	buf     []byte
}

// collect puts the events into the buffer that are news.
func (f *follower) collect() {
	for i, q := range f.queries {
		text, err := f.server.views.get(q).json(f.server, streamedAge)
		switch {
		case errors.Is(err, errNoPrefix):
			if !f.gone {
				gone, _ := json.Marshal(map[string]string{"prefix": nameOf(q.(mapQuery).prefix)}) // text can be written
				f.add("gone", gone)
			}
			f.gone = true
		case err != nil: // not yet
		case &text[0] != f.sent[i]:
			f.add(q.event(), text)
			f.sent[i] = &text[0]
			f.gone = f.gone && q.event() != "map"
		}
	}
}

func (f *follower) add(event string, data []byte) {
	f.buf = append(f.buf, "event: "...)
	f.buf = append(f.buf, event...)
	f.buf = append(f.buf, "\ndata: "...)
	f.buf = append(f.buf, data...)
	f.buf = append(f.buf, "\n\n"...)
}
