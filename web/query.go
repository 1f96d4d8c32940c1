package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// query is what somebody wants to see. Equal ones are equal as keys of a map.
type query interface {
	// event is its name in a stream.
	event() string
	// object reads it now, for JSON.
	object(ctx context.Context, s *Server, v *view) (any, error)
}

// Errors that are answers.
var (
	errNotFound = errors.New("there is no such thing here")
	errNoPrefix = errors.New("there is no such prefix")
)

// badQuery is a parameter that cannot be read.
type badQuery struct{ name, must string }

func (e badQuery) Error() string { return fmt.Sprintf("%s must be %s", e.name, e.must) }

// notReady is why there is nothing to be seen yet.
type notReady string

func (e notReady) Error() string { return string(e) }

// object answers with the object that a request asks for.
func (s *Server) object(read func(url.Values) (query, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			refuse(w, badQuery{"the query", "escaped as in an address"})
			return
		}
		q, err := read(values)
		if err != nil {
			refuse(w, err)
			return
		}
		text, err := s.views.get(q).read(r.Context(), s)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // who has gone does not read it
		_, _ = w.Write([]byte("\n"))
	}
}

// prefixOf is the prefix that is asked for.
func prefixOf(values url.Values) (string, error) {
	prefix := values.Get("prefix")
	if prefix == "" || len(prefix) > tracker.MaxPrefixLen {
		return "", badQuery{"prefix", fmt.Sprintf("1 to %d bytes, escaped as id is", tracker.MaxPrefixLen)}
	}
	return prefix, nil
}

// loaded returns why there is nothing to be seen yet, nil if there is.
func (s *Server) loaded() error {
	if s.options.Loading() {
		return notReady(s.unready(s.figures.get(askedAge)))
	}
	return nil
}

// tracker returns that of a prefix, when it can be looked at.
func (s *Server) tracker(prefix string) (*tracker.Tracker, error) {
	if err := s.loaded(); err != nil {
		return nil, err
	}
	t := s.options.Registry.Get(prefix)
	if t == nil {
		return nil, errNoPrefix
	}
	return t, nil
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var bad badQuery
	var not notReady
	switch {
	case errors.As(err, &bad):
		status = http.StatusBadRequest
	case errors.As(err, &not):
		status = http.StatusServiceUnavailable
	case errors.Is(err, errNotFound), errors.Is(err, errNoPrefix):
		status = http.StatusNotFound
	}
	text, _ := json.Marshal(map[string]string{"error": err.Error()}) // text can be written
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // who has gone does not read it
}

// number reads a parameter from lo to hi, byDefault where it is missing or empty.
func number(values url.Values, name string, lo, hi, byDefault uint64) (uint64, error) {
	text := values.Get(name)
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < lo || n > hi {
		return 0, badQuery{name, fmt.Sprintf("a number from %d to %d", lo, hi)}
	}
	return n, nil
}
