package integration_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tlsServer is a server that also listens for TLS.
type tlsServer struct {
	*server
	authority *authority
	cert, key string
	tlsAddr   string
}

func startTLSServer(t *testing.T, flags ...string) *tlsServer {
	t.Helper()
	dir := t.TempDir()
	s := &tlsServer{authority: newAuthority(t, "servers"), cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	s.authority.issue(t, "server", s.cert, s.key, 2)
	s.server = startServer(t, append([]string{"--tls-addr", "127.0.0.1:0", "--tls-cert", s.cert, "--tls-key", s.key}, flags...)...)
	eventually(t, "a start-up line for TLS", func() bool {
		s.tlsAddr = tlsAddr(s.log.String())
		return s.tlsAddr != ""
	})
	return s
}

// tlsAddr is the address of the start-up line that proposes --tls.
func tlsAddr(log string) string {
	for line := range strings.Lines(log) {
		var fields struct{ Addr, Try string }
		if json.Unmarshal([]byte(line), &fields) == nil && strings.Contains(fields.Try, "--tls") {
			return fields.Addr
		}
	}
	return ""
}

// dial connects with TLS and the handshake done, but for the server's judgement of a client's
// certificate, which TLS 1.3 tells only with the first read.
func (s *tlsServer) dial(config *tls.Config) (*client, error) {
	if config.RootCAs == nil {
		config.RootCAs = s.authority.pool()
	}
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", s.tlsAddr, config)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}, nil
}

// ping connects, says PING and closes.
func (s *tlsServer) ping(config *tls.Config) error {
	c, err := s.dial(config)
	if err != nil {
		return err
	}
	defer c.close()
	r, err := c.do("PING")
	if err == nil && r.raw != pingedOnce {
		return errors.New(r.raw)
	}
	return err
}

func TestTLSServes(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startTLSServer(t, "--requirepass", "secret")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		c, err := s.dial(&tls.Config{MinVersion: version, MaxVersion: version})
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		c.mustDo(t, "PING", failure(noAuth))
		c.mustDo(t, "AUTH secret", simple("OK"))
		for i := range 5000 {
			c.send("SETBIT", "tls:"+string(rune('a'+version%26)), integerText(i), "1")
		}
		for range 5000 {
			if r, err := c.receive(); err != nil || r.raw != integer(0) {
				t.Fatal(r.raw, err)
			}
		}
		big := strings.Repeat("x", 1<<20)
		c.mustDoArgs(t, []string{"ECHO", big}, bulk(big))
		c.mustDo(t, "QUIT", simple("OK"))
		if _, err := c.in.ReadByte(); err != io.EOF {
			t.Errorf("TLS %x: the connection ends with %v", version, err)
		}
	}
	if err := s.ping(&tls.Config{RootCAs: newAuthority(t, "others").pool()}); err == nil {
		t.Error("the certificate passes for that of another authority")
	}
}

func integerText(n int) string { return strings.TrimSuffix(integer(n)[1:], "\r\n") }

// TestTLSRefusals: bare redcon's TLSServer serves plain text when it is given a listener.
func TestTLSRefusals(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startTLSServer(t)
	honest := connect(t, s.addr)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if err := s.ping(&tls.Config{MinVersion: version, MaxVersion: version}); err == nil {
			t.Errorf("TLS version %x is taken", version)
		}
	}
	for _, plain := range []string{"PING\r\n", "*1\r\n$4\r\nPING\r\n", "\r\n", "\x00", "POST / HTTP/1.1\r\n", strings.Repeat("x", 100_000)} {
		conn, err := net.Dial("tcp", s.tlsAddr)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, plain)
		conn.(*net.TCPConn).CloseWrite()
		if got, err := io.ReadAll(conn); isTimeout(err) || strings.Contains(string(got), "PONG") {
			t.Errorf("%.20q on the TLS port is answered %q, %v", plain, got, err)
		}
		conn.Close()
	}
	// And the other way round: a handshake on the plain port.
	if _, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", s.addr, &tls.Config{InsecureSkipVerify: true}); err == nil {
		t.Error("the plain port speaks TLS")
	}
	honest.mustDo(t, "PING", pingedOnce)
	if err := s.ping(&tls.Config{}); err != nil {
		t.Error(err)
	}
	if n := infoField(t, honest, "refused_tls_handshake"); n < 7 {
		t.Errorf("%d refused handshakes are counted", n)
	}
	if strings.Contains(s.log.String(), "\x00") {
		t.Error("the log has a client's bytes")
	}
}

// TestTLSClientCertificates: without, with one of the right and with one of another authority.
func TestTLSClientCertificates(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	clients, others := newAuthority(t, "clients"), newAuthority(t, "others")
	right, _, _ := clients.pair(t, "right")
	wrong, _, _ := others.pair(t, "wrong")
	for _, test := range []struct {
		flags                  []string
		none, rightly, wrongly bool // are they let in
	}{
		{nil, true, true, true}, // nobody asks
		{[]string{"--tls-auth-clients", "no"}, true, true, true},
		{[]string{"--tls-auth-clients", "optional", "--tls-ca", clients.file}, true, true, false},
		{[]string{"--tls-auth-clients", "yes", "--tls-ca", clients.file}, false, true, false},
		{[]string{"--tls-ca", clients.file}, false, true, false},
	} {
		s := startTLSServer(t, test.flags...)
		for _, who := range []struct {
			name  string
			certs []tls.Certificate
			in    bool
		}{{"nobody", nil, test.none}, {"right", []tls.Certificate{right}, test.rightly}, {"wrong", []tls.Certificate{wrong}, test.wrongly}} {
			// Not Certificates: a client shows those only if the authority is one that the server names.
			err := s.ping(&tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(who.certs) == 0 {
					return new(tls.Certificate), nil
				}
				return &who.certs[0], nil
			}})
			if (err == nil) != who.in {
				t.Errorf("%v: the client with certificate %q is let in: %t (%v), want %t", test.flags, who.name, err == nil, err, who.in)
			}
		}
	}
}

// TestTLSCertificateIsReadAgain replaces the files and sends SIGHUP: new connections get the
// new certificate, old ones live on, and files that are broken change nothing.
func TestTLSCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startTLSServer(t)
	serial := func() int64 {
		t.Helper()
		c, err := s.dial(&tls.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		c.mustDo(t, "PING", pingedOnce)
		return c.conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	old, err := s.dial(&tls.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer old.close()
	if n := serial(); n != 2 {
		t.Fatalf("certificate %d", n)
	}
	s.authority.issue(t, "server", s.cert, s.key, 3)
	if n := serial(); n != 2 {
		t.Fatalf("certificate %d before SIGHUP", n)
	}
	s.signal(t, syscall.SIGHUP)
	eventually(t, "the new certificate", func() bool { return serial() == 3 })
	old.mustDo(t, "PING", pingedOnce)

	if err := os.WriteFile(s.cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGHUP)
	eventually(t, "it says that it could not", func() bool { return strings.Contains(s.log.String(), "reload failed") })
	if n := serial(); n != 3 {
		t.Errorf("certificate %d after broken files", n)
	}
}

// TestTLSStuckHandshakes: connections that never finish their handshake are cut off, hold
// nobody up and cannot keep the server from stopping. (Bare redcon's accept loop waits for one.)
func TestTLSStuckHandshakes(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	n := 300
	if testing.Short() {
		n = 30
	}
	s := startTLSServer(t)
	began := time.Now()
	var stuck []net.Conn
	for i := range n {
		conn := connect(t, s.tlsAddr).conn
		if i%2 == 0 { // the begin of a hello
			conn.Write([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))
		}
		stuck = append(stuck, conn)
	}
	probe := connect(t, s.addr)
	for range 20 {
		if err := s.ping(&tls.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > patience/12 {
		t.Errorf("20 handshakes beside stuck ones took %v", took)
	}
	if testing.Short() {
		return // and the server must stop all the same
	}
	for _, conn := range stuck {
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := io.ReadAll(conn); isTimeout(err) {
			t.Fatal("a stuck handshake is not cut off")
		}
	}
	t.Logf("%d stuck handshakes are cut off after %v", n, time.Since(began).Round(time.Millisecond))
	eventually(t, "they are gone", func() bool { return infoField(t, probe, "connected_clients") == 1 })
}

// TestTLSBadFiles stops at the start, with one line that names what is wrong.
func TestTLSBadFiles(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	a := newAuthority(t, "servers")
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.issue(t, "server", cert, key, 2)
	_, _, otherKey := a.pair(t, "other")
	encrypted := filepath.Join(dir, "encrypted.pem")
	writePEM(t, encrypted, "ENCRYPTED PRIVATE KEY", []byte("not for everybody"))
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{
		{"--tls-addr", "127.0.0.1:0"},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert},
		{"--tls-cert", cert, "--tls-key", key},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", filepath.Join(dir, "nosuch"), "--tls-key", key},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", otherKey},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", encrypted},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--tls-ca", empty},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--tls-auth-clients", "yes"},
		{"--tls-addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--tls-auth-clients", "maybe"},
	} {
		mustRefuse(t, exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, flags...)...), "tls")
	}
}

func TestTLSRedisCLI(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	if output, _ := run(t, "redis-cli", "--help"); !strings.Contains(output, "--tls") {
		t.Skip("this redis-cli has no TLS")
	}
	clients := newAuthority(t, "clients")
	_, cert, key := clients.pair(t, "cli")
	s := startTLSServer(t, "--tls-ca", clients.file)
	_, port, _ := net.SplitHostPort(s.tlsAddr)
	if output, code := run(t, "redis-cli", "--tls", "-p", port, "--cacert", s.authority.file, "--cert", cert, "--key", key,
		"PT.CLAIMNEXT", "vec:"); code != 0 || strings.TrimSpace(output) != "0" {
		t.Errorf("redis-cli --tls exited with %d and printed %q", code, output)
	}
}

// TestTLSFirstCommandDoesNotWait: a client without TCP_NODELAY keeps its first command back until the
// server has acknowledged the end of the handshake, which a kernel delays for 40 ms at least, each time.
// So one quick connection of many shows that nothing waits, however busy the machine is.
func TestTLSFirstCommandDoesNotWait(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("kernels of other systems cannot be asked")
	}
	s := startTLSServer(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		quickest := time.Hour
		for range 20 {
			plain, err := net.Dial("tcp", s.tlsAddr)
			if err == nil {
				err = plain.(*net.TCPConn).SetNoDelay(false)
			}
			if err != nil {
				t.Fatal(err)
			}
			conn := tls.Client(plain, &tls.Config{RootCAs: s.authority.pool(), ServerName: "127.0.0.1", MaxVersion: version})
			if err := conn.Handshake(); err != nil {
				t.Fatal(err)
			}
			c := &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
			began := time.Now()
			c.mustDo(t, "PING", pingedOnce)
			quickest = min(quickest, time.Since(began))
			c.close()
		}
		if quickest > 30*time.Millisecond {
			t.Errorf("%s: the quickest first command of 20 took %v", tls.VersionName(version), quickest)
		}
	}
}
