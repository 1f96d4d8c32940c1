package store

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

const secret = "hunter2hunter2"

// tryAll calls all that a store can be asked, and returns the errors.
func tryAll(t testing.TB, url string) (errs []error) {
	t.Helper()
	s := open(t, url)
	_, err := s.Exists(t.Context(), []string{"vec:1"}, nil)
	errs = append(errs, err)
	_, err = s.Size(t.Context())
	errs = append(errs, err)
	return append(errs, s.Scan(t.Context(), "vec:", func([]string) error { return nil }))
}

// Files that a URL names are read to no more than certificates need, and wait for nobody.
func TestStore_FilesThatDoNotEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, cert, key := redistest.Certificates(t)
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<30); err != nil { // without a byte on the disk
		t.Fatal(err)
	}
	for name, want := range map[string]string{dir: "no regular file", os.DevNull: "no regular file", large: "too large"} {
		for _, files := range []string{"cacert=" + name, "key=" + key + "&cert=" + name, "cert=" + cert + "&key=" + name} {
			for _, err := range tryAll(t, "rediss://127.0.0.1:1?"+files) {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v", files, err)
				}
			}
		}
	}
}

// Whatever is wrong with a store is said at once, in words that lead to its mending, and without the password.
func TestStore_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	ca, cert, key := redistest.Certificates(t)
	otherCA, _, _ := redistest.Certificates(t)
	port := redistest.FreePort(t)
	locked := redistest.Start(t)
	locked.Do(t, "ACL", "SETUSER", "scanner", "on", ">"+secret, "~vec:*", "+info", "+scan")
	locked.Do(t, "ACL", "SETUSER", "blind", "on", ">"+secret, "~*", "+scan")
	locked.Do(t, "CONFIG", "SET", "requirepass", secret)
	plain := redistest.Start(t)
	replica := redistest.Start(t, "--replicaof", "127.0.0.1 "+plain.Port)
	redistest.Eventually(t, "it is a replica", func() bool { return strings.Contains(replica.Do(t, "INFO", "replication"), "role:slave") })
	redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca)
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	web := strings.TrimPrefix(page.URL, "http://")
	cluster := redistest.StartCluster(t, 1, false)

	for _, c := range []struct{ name, url, want string }{
		{"nobody listens", "redis://127.0.0.1:1", "refused"},
		{"no such host", "redis://no-such-host.invalid", "the host is not known"},
		{"no password", "redis://" + locked.Addr, "wants a password"},
		{"a wrong password", "redis://:" + secret + "x@" + locked.Addr, "refuses the user or the password"},
		{"a wrong user", "redis://nobody:" + secret + "@" + locked.Addr, "refuses the user or the password"},
		{"a user without INFO", "redis://blind:" + secret + "@" + locked.Addr, "does not let the user do this"},
		{"no such database", "redis://" + plain.Addr + "/4000", "DB index is out of range"},
		{"a database of a Cluster", cluster.URL() + "/1", "SELECT is not allowed in cluster mode"},
		{"several that are no Cluster", "redis://" + plain.Addr + ",127.0.0.1:1", "belongs to no Cluster"},
		{"a replica", "redis://" + replica.Addr, "is a replica of 127.0.0.1:" + plain.Port},
		{"no Redis", "redis://" + web, "does not speak the Redis protocol"},
		{"no Sentinel", "redis+sentinel://" + plain.Addr + "/kv", "unknown command"},
		{"TLS", "redis://127.0.0.1:" + port, "does it want TLS"},
		{"an authority that nobody knows", "rediss://127.0.0.1:" + port, "cacert="},
		{"another authority", "rediss://127.0.0.1:" + port + "?cacert=" + otherCA, "cacert="},
		{"no certificate of ours", "rediss://127.0.0.1:" + port + "?cacert=" + ca, "certificate"},
		{"another name", "rediss://127.0.0.1:" + port + "?servername=else.test&cacert=" + ca + "&cert=" + cert + "&key=" + key, "its certificate is not valid"},
		{"a file that is missing", "rediss://127.0.0.1:" + port + "?cacert=/nowhere", "cacert: stat /nowhere"},
		{"a file of something else", "rediss://127.0.0.1:" + port + "?cacert=" + key, "has no certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, err := range tryAll(t, c.url) {
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
					t.Errorf("%v, want %q", err, c.want)
				}
			}
		})
	}
	t.Run("no TLS", func(t *testing.T) { // it waits for the end of a line
		_, err := open(t, "rediss://"+plain.Addr).Size(t.Context())
		if err == nil || !strings.Contains(err.Error(), "does it speak TLS") {
			t.Errorf("%v", err)
		}
	})
	for _, url := range []string{
		"rediss://127.0.0.1:" + port + "?cacert=" + ca + "&cert=" + cert + "&key=" + key,
		"rediss://127.0.0.1:" + port + "?servername=redis.test&cacert=" + ca + "&cert=" + cert + "&key=" + key,
		"rediss://127.0.0.1:" + port + "?skip_verify=true&cert=" + cert + "&key=" + key,
		"redis://:" + secret + "@" + locked.Addr,
		"redis://default:" + secret + "@" + locked.Addr,
	} {
		for _, err := range tryAll(t, url) {
			if err != nil {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
	// What a user may not do is said, and what he may is done.
	errs := tryAll(t, "redis://scanner:"+secret+"@"+locked.Addr)
	for _, err := range errs[:2] {
		if err == nil || !strings.Contains(err.Error(), "does not let the user do this") {
			t.Errorf("%v, want that the user may not", err)
		}
	}
	if errs[2] != nil {
		t.Error(errs[2])
	}
}

func TestStore_ASentinelIsNoStore(t *testing.T) {
	t.Parallel()
	w := redistest.StartWatched(t, 1)
	sentinel := w.Sentinels[0].Addr
	for url, want := range map[string]string{
		"redis://" + sentinel:                     "is a Sentinel: the URL of what it watches is redis+sentinel://" + sentinel + "/name",
		"redis+sentinel://" + sentinel + "/other": `knows no primary of the name "other"`,
		"redis+sentinel://127.0.0.1:1/kv":         "refused",
	} {
		for _, err := range tryAll(t, url) {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", url, err, want)
			}
		}
	}
	for _, err := range tryAll(t, "redis+sentinel://127.0.0.1:1,"+sentinel+"/kv") {
		if err != nil {
			t.Errorf("one of two Sentinels answers: %v", err)
		}
	}
}

// A server that reads its data is waited for.
func TestStore_WaitsWhileAServerLoads(t *testing.T) {
	t.Parallel()
	const n = 2000
	r := populated(t, n)
	r.Do(t, "SAVE")
	s := open(t, "redis://"+r.Addr)
	r.Kill()
	// Microseconds for each key: a second. Meanwhile it is to say so, and often.
	r.Restart(t, "--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024")
	var got collector
	if err := s.Scan(t.Context(), "vec:", got.page); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
}

// Who accepts and then is silent holds nobody up who no longer wants to know.
func TestStore_ASilentServerHoldsUpNobody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, scheme := range []string{"redis", "rediss"} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		began := time.Now()
		err = open(t, scheme+"://"+l.Addr().String()).Scan(ctx, "vec:", func([]string) error { return nil })
		if took := time.Since(began); !errors.Is(err, context.Canceled) || took > dialTime {
			t.Errorf("%v after %v", err, took)
		}
	}
}

// What the documents say that a user needs is enough, and nothing else is tried.
func TestStore_NeedsLittleLeave(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 2, false)
	alone := redistest.Start(t)
	fill(t, c, 1000)
	leave := []string{"ACL", "SETUSER", "prefixtracker", "on", ">" + secret, "%R~vec:*", "+info", "+scan", "+exists", "+dbsize"}
	alone.Do(t, leave...)
	for _, s := range c.Primaries {
		s.Do(t, append(leave, "+cluster|nodes", "+asking")...)
	}
	for _, url := range []string{"redis://" + alone.Addr, c.URL()} {
		for _, err := range tryAll(t, strings.Replace(url, "://", "://prefixtracker:"+secret+"@", 1)) {
			if err != nil {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
	for _, s := range append(c.Primaries, alone) {
		reply, err := s.Try(t, "ACL", "LOG")
		if err != nil {
			t.Fatal(err)
		}
		entries, _ := reply.ToArray()
		for _, entry := range entries {
			fields, _ := entry.AsMap()
			object := fields["object"]
			what, _ := object.ToString()
			t.Errorf("%s was refused", what)
		}
	}
}
