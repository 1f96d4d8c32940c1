package integration_test

import (
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// probing runs a subcommand of the program with an environment and returns what it prints and its exit code.
func probing(t *testing.T, environment []string, args ...string) (output string, code int) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(cmd.Environ(), environment...)
	return runCommand(t, cmd)
}

// mustProbe wants the good answer of both subcommands for "", else a line with that text from both.
func mustProbe(t *testing.T, environment []string, bad string, args ...string) {
	t.Helper()
	for _, command := range []struct{ name, good string }{{"ping", "PONG\n"}, {"healthcheck", "ready\n"}} {
		output, code := probing(t, environment, append([]string{command.name}, args...)...)
		switch {
		case bad == "" && (code != 0 || output != command.good):
			t.Errorf("%v %s %q exited with %d and printed %q", environment, command.name, args, code, output)
		case bad != "" && (code != 1 || !strings.Contains(output, bad) || !isOneComplaint(output)):
			t.Errorf("%v %s %q exited with %d and printed %q, want a line with %q", environment, command.name, args, code, output, bad)
		}
	}
}

func isOneComplaint(output string) bool {
	return strings.HasPrefix(output, "prefixtracker: ") && strings.Count(output, "\n") == 1 && !strings.ContainsAny(output, "\x1b\r\x00")
}

// TestProbe asks servers in all the ways there are. What a server is started with as its environment is what the
// probe beside it has, too.
func TestProbe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, socket := onSocket(t, "--requirepass-file", secret)
	addr := []string{"PT_ADDR=0.0.0.0:" + s.port}
	mustProbe(t, append(addr, "PT_REQUIREPASS_FILE="+secret), "")
	mustProbe(t, append(addr, "PT_REQUIREPASS=hunter2", "PT_MAX_COUNT=nonsense"), "") // not its business
	for _, host := range []string{"", "[::]", "localhost", "127.0.0.1"} {             // a server on all addresses is asked over loopback
		mustProbe(t, addr, "", "--requirepass", "hunter2", "--addr", host+":"+s.port)
	}
	mustProbe(t, append(addr, "PT_UNIX_SOCKET="+socket+".gone"), "", "--requirepass", "hunter2")
	mustProbe(t, nil, "", "--requirepass", "hunter2", "--unix-socket", socket)
	quiet := s.log.String()
	for range 20 {
		mustProbe(t, addr, "", "--requirepass-file", secret)
	}
	if s.log.String() != quiet {
		t.Errorf("probes fill the log:\n%s", s.log.String())
	}
	settings := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(settings, []byte("addr: "+s.addr+"\nrequirepass-file: "+secret+"\nmax-count: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustProbe(t, []string{"PT_CONFIG=" + settings}, "")
	mustProbe(t, nil, "", "--config", settings)
	mustProbe(t, addr, "NOAUTH")
	mustProbe(t, addr, "WRONGPASS", "--requirepass", "hunter3")
	mustProbe(t, addr, "exclude each other", "--requirepass", "x", "--requirepass-file", secret)
	mustProbe(t, addr, "no such file", "--requirepass-file", secret+".gone")
	mustProbe(t, addr, "unknown command", "nonsense")

	output, code := probing(t, nil, "--addr", s.addr, "--requirepass", "hunter2", "ping")
	if code != 0 || output != "PONG\n" {
		t.Errorf("with settings before it, ping exited with %d and printed %q", code, output)
	}
}

// TestProbe_NobodyThere: a server that has gone, one that does not answer, and those that are none.
func TestProbe_NobodyThere(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	mustProbe(t, nil, "connection refused", "--addr", "127.0.0.1:1")
	mustProbe(t, nil, "no such file", "--unix-socket", filepath.Join(t.TempDir(), "none"))
	for says, want := range map[string]string{
		"":                               "no answer in time",
		"HTTP/1.1 400 Bad Request\r\n":   "not the Redis protocol",
		"$99999999999\r\n":               "not the Redis protocol",
		"\r\n":                           "not the Redis protocol",
		"-ERR \x1b[2J\x07 \xff\r\n":      "ERR ?[2J? ",
		"$-1\r\n":                        "not the Redis protocol",
		strings.Repeat("+", 100_000):     "not the Redis protocol",
		"-DENIED protected mode is on\n": "DENIED protected mode",
	} {
		patient := "1m"
		if says == "" {
			patient = "300ms" // nothing comes
		}
		mustProbe(t, nil, want, "--addr", stranger(t, says), "--timeout", patient)
	}
	// It answers, but not with what INFO has.
	addr := stranger(t, "$5\r\nx:1\r\n\r\n")
	if output, code := probing(t, nil, "healthcheck", "--addr", addr); code != 1 || !strings.Contains(output, "does not say") {
		t.Errorf("it exited with %d and printed %q", code, output)
	}
}

// stranger is the address of somebody who says one thing to everybody.
func stranger(t *testing.T, says string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, says)
			go func() {
				io.Copy(io.Discard, conn) // until the other end has gone
				conn.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

// TestProbe_TLS: the server's own certificate is trusted as such, and those of given authorities; a server that
// wants to see a certificate is shown the one that is given, which may be its own.
func TestProbe_TLS(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startTLSServer(t)
	environment := []string{"PT_ADDR=" + s.addr, "PT_TLS_ADDR=" + s.tlsAddr, "PT_TLS_CERT=" + s.cert, "PT_TLS_KEY=" + s.key}
	mustProbe(t, environment, "") // the plain address
	mustProbe(t, environment, "", "--tls-addr", s.tlsAddr)
	mustProbe(t, nil, "", "--tls-addr", s.tlsAddr, "--tls-ca", s.authority.file)
	mustProbe(t, nil, "", "--tls-addr", s.tlsAddr, "--insecure")
	mustProbe(t, nil, "certificate signed by unknown authority", "--tls-addr", s.tlsAddr)
	_, other, otherKey := newAuthority(t, "others").pair(t, "other")
	mustProbe(t, nil, "certificate signed by unknown authority", "--tls-addr", s.tlsAddr, "--tls-cert", other, "--tls-key", otherKey)
	_, port, _ := net.SplitHostPort(s.tlsAddr)
	mustProbe(t, nil, "not valid for any names, but wanted to match localhost", "--tls-addr", "localhost:"+port, "--tls-ca", s.authority.file)
	mustProbe(t, nil, "does not look like a TLS handshake", "--tls-addr", s.addr)

	clients := newAuthority(t, "clients")
	strict := startTLSServer(t, "--tls-auth-clients", "yes", "--tls-ca", clients.file)
	_, cert, key := clients.pair(t, "right")
	ca := []string{"--tls-addr", strict.tlsAddr, "--tls-ca", strict.authority.file}
	mustProbe(t, nil, "certificate required", ca...)
	mustProbe(t, nil, "", append(ca, "--tls-cert", cert, "--tls-key", key)...)
	mustProbe(t, nil, "tls: ", append(ca, "--tls-cert", strict.cert, "--tls-key", strict.key)...) // no authority of clients has signed it
}

// TestProbe_Loading: a server that still reads its data is there, and not ready.
func TestProbe_Loading(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), "127.0.0.1:"+freePort(t)
	lay(t, dir, backupOf(t, "PT.ADD io: 5"))
	p := startProcess(t, exec.Command(binary, "--addr", addr, "--dir", dir, "--restore-skip", "1000000000000", "--max-memory", "8gb"))
	eventually(t, "it accepts", func() bool {
		c, err := dial(addr)
		if err == nil {
			c.close()
		}
		return err == nil || p.hasExited()
	})
	for command, want := range map[string]string{"ping": "PONG", "healthcheck": "prefixtracker: loading: "} {
		output, code := probing(t, nil, command, "--addr", addr)
		if !strings.HasPrefix(output, want) || (code == 0) != (command == "ping") {
			t.Errorf("%s exited with %d and printed %q\n%s", command, code, output, p.log.String())
		}
	}
}

// TestProbe_Refusing: a server whose disk is full answers, and is not ready.
func TestProbe_Refusing(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	t.Cleanup(func() { unix.Unmount(disk, unix.MNT_DETACH) })
	s := startMortal(t, "--addr", "127.0.0.1:0", "--dir", filepath.Join(disk, "data"), "--auto-aof-rewrite-percentage", "0")
	c := connect(t, s.addr)
	eventually(t, "the disk is full", func() bool {
		args := []string{"PT.ADD", "x:"}
		for range 1000 {
			args = append(args, strconv.FormatUint(rand.Uint64N(1<<22), 10))
		}
		return strings.HasPrefix(c.mustReply(t, args...).text, "MISCONF")
	})
	if output, code := probing(t, nil, "ping", "--addr", s.addr); code != 0 {
		t.Errorf("ping exited with %d and printed %q", code, output)
	}
	output, code := probing(t, nil, "healthcheck", "--addr", s.addr)
	if code != 1 || !strings.HasPrefix(output, "prefixtracker: refusing changes: ") || !strings.Contains(output, "no space left") {
		t.Errorf("healthcheck exited with %d and printed %q", code, output)
	}
}
