package top

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Server is where a server tells of itself, and what it asks for.
type Server struct {
	Address  string      // host:port
	TLS      *tls.Config // nil: without TLS
	Password string      // "": without one
}

// view is what is asked for. The zero limit asks for no rows, and no prefix for no map.
type view struct {
	match, sort   string
	offset, limit int
	prefix        string // its ID
	cells         int
	clients       bool
}

func (v view) query() string {
	query := url.Values{}
	query.Set("match", v.match)
	query.Set("sort", v.sort)
	query.Set("offset", strconv.Itoa(v.offset))
	query.Set("limit", strconv.Itoa(v.limit))
	if v.clients {
		query.Set("clients", "1")
	}
	text := query.Encode()
	if v.prefix != "" && v.cells > 0 {
		text += "&prefix=" + v.prefix + "&cursors=1&cells=" + strconv.Itoa(v.cells) // it is escaped already
	}
	return text
}

// lost is told when the connection is, and gone when there is no such prefix any more.
type (
	lost struct{ why error }
	gone struct{}
)

const (
	// silence is how long a server may tell nothing: it does so each second.
	silence = 10 * time.Second
	// pause is how long a server that could not be reached is left alone.
	pause = time.Second
	// longestLine is more than any answer to what is asked.
	longestLine = 8 << 20
)

// feed follows a server.
type feed struct {
	server Server
	http   *http.Client
	tell   func(told)
}

// told is what has come, to whom had asked for that view: *state, *prefixes, *occupancy,
// *cursors, *clients, lost or gone.
type told struct {
	to   view
	what any
}

func newFeed(server Server, tell func(told)) *feed {
	// No proxy: a server is beside whoever looks at it, and the password is for it alone.
	transport := &http.Transport{TLSClientConfig: server.TLS, ResponseHeaderTimeout: silence, DisableKeepAlives: true}
	return &feed{server, &http.Client{Transport: transport}, tell}
}

// follow tells what the server says of the last view that was asked for, until ctx ends.
func (f *feed) follow(ctx context.Context, v view, views <-chan view) {
	for ctx.Err() == nil {
		reading, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func(v view) { ended <- f.stream(reading, v) }(v)
		select {
		case v = <-views:
			stop()
			<-ended
			continue
		case err := <-ended:
			stop()
			if ctx.Err() != nil {
				return
			}
			f.tell(told{v, lost{f.why(err)}})
		}
		select {
		case v = <-views:
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// stream tells what comes until the connection ends, which is always an error.
func (f *feed) stream(ctx context.Context, v view) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watchdog := time.AfterFunc(silence, func() { stop(errSilent) })
	defer watchdog.Stop()
	response, err := f.get(ctx, "/api/v1/stream?"+v.query())
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, longestLine)
	event := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			event = value
		case "data":
			watchdog.Reset(silence)
			if err := f.tellEvent(v, event, value); err != nil {
				return err
			}
		}
	}
	switch {
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case lines.Err() != nil:
		return lines.Err()
	}
	return io.EOF
}

// tellEvent tells one answer. Those of later servers that are not known here are left out.
func (f *feed) tellEvent(v view, event, data string) error {
	var answer any
	switch event {
	case "state":
		answer = new(state)
	case "prefixes":
		answer = new(prefixes)
	case "map":
		answer = new(occupancy)
	case "cursors":
		answer = new(cursors)
	case "clients":
		answer = new(clients)
	case "gone":
		f.tell(told{v, gone{}})
		return nil
	default:
		return nil
	}
	if err := json.Unmarshal([]byte(data), answer); err != nil {
		return errNotOurs
	}
	f.tell(told{v, answer})
	return nil
}

var (
	errSilent  = errors.New("no answer in time")
	errNotOurs = errors.New("what it says is not understood")
)

// get asks for a path. What is not an answer is an error.
func (f *feed) get(ctx context.Context, path string) (*http.Response, error) {
	scheme := "http://"
	if f.server.TLS != nil {
		scheme = "https://"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+f.server.Address+path, nil)
	if err != nil {
		return nil, err
	}
	if f.server.Password != "" {
		request.SetBasicAuth("default", f.server.Password)
	}
	response, err := f.http.Do(request)
	switch {
	case err != nil && context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, err
	case response.StatusCode == http.StatusOK:
		return response, nil
	}
	defer response.Body.Close()
	return nil, refusal(response)
}

// refusal is what a server says that does not answer: an object, or a line of text.
func refusal(response *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 500)) // what there is of it says something
	var object struct{ Error string }
	if json.Unmarshal(text, &object) == nil && object.Error != "" {
		return errors.New(clean(object.Error))
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n"); line != "" {
		return errors.New(clean(line))
	}
	return errors.New(clean(response.Status))
}

// reach returns an error if the server tells nothing, before a screen is made for it.
func (f *feed) reach(ctx context.Context) error {
	ctx, stop := context.WithTimeoutCause(ctx, silence, errSilent)
	defer stop()
	response, err := f.get(ctx, "/api/v1/state")
	if err == nil {
		defer response.Body.Close()
		if err = json.NewDecoder(io.LimitReader(response.Body, longestLine)).Decode(new(state)); err != nil {
			err = errNotOurs
		}
	}
	if err != nil {
		return f.why(err)
	}
	return nil
}

// why says in one line what is wrong with the server.
func (f *feed) why(err error) error {
	var system *os.SyscallError
	var wrapped *url.Error
	switch {
	case errors.As(err, &system):
		err = system.Err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it has closed the connection")
	case errors.As(err, &wrapped):
		err = wrapped.Err
	}
	return fmt.Errorf("%s: %w", f.server.Address, err)
}
