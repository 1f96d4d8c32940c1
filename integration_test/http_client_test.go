package integration_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// looker looks on over HTTP.
type looker struct {
	base   string // https://HOST:PORT
	client *http.Client
	header http.Header
}

// httpAddr is where a server says that it is shown over HTTP.
func httpAddr(t *testing.T, p *process) string {
	t.Helper()
	line := map[string]any(nil)
	eventually(t, "it says where it is shown", func() bool {
		line = logLine(p.log.String(), "listening for HTTP")
		return line != nil || p.hasExited()
	})
	addr, _ := line["addr"].(string)
	return addr
}

// look returns one who looks on at a server that was started with --http-addr.
func look(t *testing.T, s *server) *looker {
	t.Helper()
	httpAddr(t, s.process)
	return lookAt(t, strings.TrimSuffix(logLine(s.log.String(), "listening for HTTP")["open"].(string), "/"))
}

func lookAt(t *testing.T, base string) *looker {
	transport := &http.Transport{DisableCompression: true, TLSClientConfig: new(tls.Config)}
	t.Cleanup(transport.CloseIdleConnections)
	return &looker{base: base, client: &http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}, header: make(http.Header)}
}

// httpAnswer is what was answered.
type httpAnswer struct {
	status int
	header http.Header
	body   string
}

// with returns one who says more.
func (l *looker) with(name, value string) *looker {
	other := *l
	other.header = l.header.Clone()
	other.header.Set(name, value)
	return &other
}

func (l *looker) ask(method, path string) (httpAnswer, error) {
	r, err := http.NewRequest(method, l.base+path, nil)
	if err != nil {
		return httpAnswer{}, err
	}
	r.Header = l.header
	r.Host = l.header.Get("Host")
	response, err := l.client.Do(r)
	if err != nil {
		return httpAnswer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return httpAnswer{response.StatusCode, response.Header, string(body)}, err
}

// get wants an answer.
func (l *looker) get(t *testing.T, path string) httpAnswer {
	t.Helper()
	a, err := l.ask(http.MethodGet, path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// mustSay wants a status, and something in the answer.
func (l *looker) mustSay(t *testing.T, path string, status int, what string) {
	t.Helper()
	if a := l.get(t, path); a.status != status || !strings.Contains(a.body, what) {
		t.Errorf("%s: %d %q, want %d and %q", path, a.status, a.body, status, what)
	}
}

// object reads an object of the API.
func (l *looker) object(t *testing.T, path string, into any) {
	t.Helper()
	a := l.get(t, path)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	readObject(t, path, a.body, into)
}

// readObject reads an object, all of whose fields are to be known.
func readObject(t *testing.T, what, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v in %s", what, err, text)
	}
}

// streamReader reads a stream.
type streamReader struct {
	t     *testing.T
	lines *bufio.Scanner
	stop  context.CancelFunc
}

// follow opens a stream.
func (l *looker) follow(t *testing.T, query string) *streamReader {
	t.Helper()
	f, err := l.tryFollow(t, query)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (l *looker) tryFollow(t *testing.T, query string) (*streamReader, error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+"/api/v1/stream?"+query, nil)
	if err != nil {
		return nil, err
	}
	r.Header = l.header
	response, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		text, _ := io.ReadAll(response.Body)
		return nil, fmt.Errorf("stream?%s: %d %s %s", query, response.StatusCode, kind, text)
	}
	f := &streamReader{t: t, lines: bufio.NewScanner(response.Body), stop: stop}
	f.lines.Buffer(nil, 16<<20)
	return f, nil
}

// next returns the next event; "" at the end.
func (f *streamReader) next() (event, data string) {
	for f.lines.Scan() {
		line := f.lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			event = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data = line[len("data: "):]
		case line == "" && event != "":
			return event, data
		case line != "" && !strings.HasPrefix(line, "retry: "):
			f.t.Errorf("the stream has the line %q", line)
		}
	}
	return "", ""
}

// until reads events of a kind until one is as wanted.
func (f *streamReader) until(event string, wanted func(data string) bool) {
	f.t.Helper()
	for {
		is, data := f.next()
		if is == "" {
			f.t.Fatalf("the stream has ended: %v", f.lines.Err())
		}
		if is == event && wanted(data) {
			return
		}
	}
}
