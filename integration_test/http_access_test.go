package integration_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// guarded are all kinds of what is shown.
var guarded = []string{"/", "/index.html", "/metrics", "/api/v1/state", "/api/v1/prefixes", "/api/v1/map?prefix=x", "/api/v1/clients", "/api/v1/stream", "/api/v1/none", "/none"}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// TestHTTP_Password: it is the server's, in either form, and read again when that is.
func TestHTTP_Password(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	file := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("sesame")
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--requirepass-file", file)
	l := look(t, s)
	for _, path := range guarded {
		if a := l.get(t, path); a.status != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s without a password: %d %v", path, a.status, a.header)
		}
	}
	for _, header := range []string{basic("default", "sesame"), basic("", "sesame"), "Bearer sesame", "bearer sesame"} {
		l.with("Authorization", header).mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
	}
	// Without the throttle's delays: each of these is told from a right one before anybody looks at the password.
	for _, header := range []string{basic("admin", "sesame"), "Bearer", "Bearer ", "Digest sesame", "sesame", "Basic sesame", "Basic"} {
		l.with("Authorization", header).mustSay(t, "/api/v1/state", http.StatusUnauthorized, "password")
	}
	if n := refusals(t, l.with("Authorization", "Bearer sesame"), "wrong_password"); n != 0 {
		t.Errorf("%d wrong passwords were counted", n)
	}
	for _, header := range []string{basic("default", "Sesame"), basic("default", ""), "Bearer sesame0", "Bearer sesam"} {
		l.with("Authorization", header).mustSay(t, "/api/v1/state", http.StatusUnauthorized, "password")
	}
	right := l.with("Authorization", "Bearer sesame")
	if n := refusals(t, right, "wrong_password"); n != 4 {
		t.Errorf("%d wrong passwords were counted, want 4", n)
	}
	write("simsim")
	s.signal(t, syscall.SIGHUP)
	eventually(t, "the new password is asked for", func() bool { return right.get(t, "/api/v1/state").status == http.StatusUnauthorized })
	l.with("Authorization", "Bearer simsim").mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
}

// refusals reads how many there were for a reason.
func refusals(t *testing.T, l *looker, reason string) int {
	t.Helper()
	name := fmt.Sprintf("prefixtracker_refusals_total{reason=%q} ", reason)
	_, rest, ok := strings.Cut(l.get(t, "/metrics").body, name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	count, _, _ := strings.Cut(rest, "\n")
	return atoi(t, count)
}

// TestHTTP_Guessers wait as at AUTH, and whoever has the password does not wait with them for long.
func TestHTTP_Guessers(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0", "--requirepass", "sesame")
	guesser := look(t, s).with("Authorization", "Bearer guess")
	began := time.Now()
	for range 6 {
		guesser.mustSay(t, "/api/v1/state", http.StatusUnauthorized, "password")
	}
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("six guesses took %v: nobody has delayed them", took)
	}
	look(t, s).with("Authorization", "Bearer sesame").mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
}

// TestHTTP_ProtectedMode: without a password only this machine may look, and no page whose name somebody has
// made to mean this machine.
func TestHTTP_ProtectedMode(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", ":0")
	l := look(t, s)
	port := l.base[strings.LastIndexByte(l.base, ':'):]
	for host, in := range map[string]bool{
		"localhost" + port: true, "LOCALHOST" + port: true, "localhost": true, "localhost." + port: true, "127.0.0.1" + port: true, "[::1]" + port: true, "10.1.2.3": true,
		"evil.example" + port: false, "evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "localhost:x:y": false, "[::1": false, "evil": false,
	} {
		for _, path := range guarded[:4] {
			status := l.with("Host", host).get(t, path).status
			if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[in]; status != want && !(status == http.StatusBadRequest && !in) {
				t.Errorf("Host %s: %s is answered with %d, want %d", host, path, status, want)
			}
		}
	}
	l.with("Host", "evil.example").mustSay(t, "/readyz", http.StatusOK, "ready")
	if other := otherAddress(); other != "" {
		away := lookAt(t, "http://"+other+port)
		away.mustSay(t, "/metrics", http.StatusForbidden, "--requirepass")
		away.mustSay(t, "/readyz", http.StatusOK, "ready")
		if n := refusals(t, l, "protected_mode"); n != 1 {
			t.Errorf("%d refusals were counted, want 1", n)
		}
	}
	// Who has set a password, or has said that everybody may, knows what he does.
	for _, flags := range [][]string{{"--requirepass", "x"}, {"--protected-mode", "no"}} {
		l := look(t, startServer(t, append([]string{"--http-addr", "127.0.0.1:0"}, flags...)...))
		l.with("Authorization", "Bearer x").with("Host", "tracker.example").mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
	}
}

// otherAddress is one of this machine's that is not loopback, "" if there is none.
func otherAddress() string {
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() && ip.IP.To4() != nil {
			return ip.IP.String()
		}
	}
	return ""
}

// TestHTTP_ChangesNothing: only reading is answered, other sites may not ask, and the answers are for nobody
// else's page.
func TestHTTP_ChangesNothing(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	l := look(t, startServer(t, "--http-addr", "127.0.0.1:0"))
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"} {
		for _, path := range append([]string{"/healthz", "/readyz"}, guarded...) {
			if a, err := l.ask(method, path); err != nil || a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, %v", method, path, a.status, err)
			}
		}
	}
	for _, path := range guarded {
		head, err := l.ask(http.MethodHead, path)
		if err != nil || head.body != "" {
			t.Errorf("HEAD %s: %v, %q", path, err, head.body)
		}
		if path == "/api/v1/stream" {
			continue
		}
		a := l.get(t, path)
		if a.status != head.status {
			t.Errorf("%s: GET %d, HEAD %d", path, a.status, head.status)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if policy := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'self';") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, policy)
		}
		if cached := a.header.Get("Cache-Control"); cached != "no-store" && !(a.status == http.StatusOK && !strings.Contains(path, "/api/") && path != "/metrics") {
			t.Errorf("%s: Cache-Control is %q", path, cached)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is for other sites", path)
		}
	}
	foreign := l.with("Sec-Fetch-Site", "cross-site")
	foreign.with("Sec-Fetch-Mode", "no-cors").mustSay(t, "/api/v1/state", http.StatusForbidden, "other sites")
	foreign.with("Sec-Fetch-Mode", "navigate").mustSay(t, "/", http.StatusOK, "<html") // a link to it
	l.with("Sec-Fetch-Site", "same-origin").mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
}

// TestHTTP_BadRequests: paths that lead elsewhere, headers without an end, bodies, and what is no HTTP.
func TestHTTP_BadRequests(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	l := look(t, s)
	addr := strings.TrimPrefix(l.base, "http://")
	get := "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for name, test := range map[string]struct{ request, answer string }{
		"up":             {fmt.Sprintf(get, "/../../etc/passwd"), "HTTP/1.1 30"},
		"up, escaped":    {fmt.Sprintf(get, "/%2e%2e/%2e%2e/etc/passwd"), "HTTP/1.1 404"},
		"up, escaped /":  {fmt.Sprintf(get, "/..%2f..%2fetc%2fpasswd"), "HTTP/1.1 404"},
		"twice":          {fmt.Sprintf(get, "//metrics"), "HTTP/1.1 30"},
		"a zero":         {fmt.Sprintf(get, "/%00"), "HTTP/1.1 404"},
		"a directory":    {fmt.Sprintf(get, "/vendor/"), "HTTP/1.1 404"},
		"the sources":    {fmt.Sprintf(get, "/page.go"), "HTTP/1.1 404"},
		"no profiles":    {fmt.Sprintf(get, "/debug/pprof/"), "HTTP/1.1 404"},
		"absolute":       {fmt.Sprintf(get, "http://localhost/healthz"), "HTTP/1.1 200"},
		"elsewhere":      {fmt.Sprintf(get, "http://evil.example/api/v1/state"), "HTTP/1.1 403"},
		"a proxy":        {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", "HTTP/1.1 405"},
		"no Host":        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
		"HTTP/1.0":       {"GET /metrics HTTP/1.0\r\n\r\n", "HTTP/1.0 403"}, // it says nothing
		"HTTP/2":         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 405"},
		"no HTTP":        {"PING\r\n\r\n", "HTTP/1.1 400"},
		"a long header":  {"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 64<<10), "HTTP/1.1 431"},
		"many headers":   {"GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X: y\r\n", 10_000), "HTTP/1.1 431"},
		"a long path":    {"GET /" + strings.Repeat("x", 64<<10), "HTTP/1.1 431"},
		"a body":         {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", "HTTP/1.1 400"},
		"a body, pieces": {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400"},
		"a body of POST": {"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", "HTTP/1.1 405"},
		"two lengths":    {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "HTTP/1.1 400"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			go conn.Write([]byte(test.request)) // of what is too long it does not take all
			line, err := bufio.NewReader(conn).ReadString('\n')
			if err != nil || !strings.HasPrefix(line, test.answer) {
				t.Errorf("answered with %q, %v, want %s", line, err, test.answer)
			}
		})
	}
	for _, query := range []string{
		"prefixes?sort=x", "prefixes?limit=-1", "prefixes?limit=201", "prefixes?limit=x", "prefixes?offset=10001", "prefixes?offset=9999&limit=10", "prefixes?match=" + strings.Repeat("x", 513),
		"prefixes?%zz", "map", "map?prefix=", "map?prefix=" + strings.Repeat("x", 513), "map?prefix=x&cells=0", "map?prefix=x&cells=4097", "map?prefix=x&min=x", "map?prefix=x&min=5&max=5",
		"map?prefix=x&max=281474976710657", "map?prefix=x&max=18446744073709551616", "clients?limit=201", "stream?sort=x", "stream?prefix=x&cells=0", "stream?%zz",
	} {
		if a := l.get(t, "/api/v1/"+query); a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, `{"error":"`) {
			t.Errorf("%.80s: %d %s", query, a.status, a.body)
		}
	}
	l.mustSay(t, "/api/v1/map?prefix=none", http.StatusNotFound, "no such prefix")
}

// TestHTTP_TLS: with certificates it speaks TLS, HTTP/1.1 in it, with the rule for clients that the server has.
func TestHTTP_TLS(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	clients := newAuthority(t, "clients")
	right, _, _ := clients.pair(t, "right")
	s := startTLSServer(t, "--http-addr", "127.0.0.1:0", "--tls-ca", clients.file)
	l := look(t, s.server)
	if !strings.HasPrefix(l.base, "https://") {
		t.Fatalf("it is at %s", l.base)
	}
	config := l.client.Transport.(*http.Transport).TLSClientConfig
	config.RootCAs = s.authority.pool()
	if a, err := l.ask(http.MethodGet, "/healthz"); err == nil {
		t.Errorf("somebody without a certificate is answered with %d", a.status)
	}
	l.client.CloseIdleConnections()
	config.Certificates = []tls.Certificate{right}
	l.mustSay(t, "/api/v1/state", http.StatusOK, "run_id")
	// Who would have many requests at a time is not offered that.
	conn, err := tls.Dial("tcp", strings.TrimPrefix(l.base, "https://"), &tls.Config{RootCAs: config.RootCAs, Certificates: config.Certificates, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if is := conn.ConnectionState().NegotiatedProtocol; is == "h2" {
		t.Errorf("the protocol is %q", is)
	}
	l.client.CloseIdleConnections()
	s.authority.issue(t, "server", s.cert, s.key, 3)
	s.signal(t, syscall.SIGHUP)
	eventually(t, "the new certificate", func() bool {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(l.base, "https://"), &tls.Config{RootCAs: config.RootCAs, Certificates: config.Certificates})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64() == 3
	})
}
