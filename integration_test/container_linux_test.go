package integration_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// container is a cgroup with a limit of memory, as a container has one.
type container struct {
	dir   string // of the limit
	procs string // what says who is in it, or in the innermost below it
	kills string // the file with the number of those that were killed for memory
}

// newContainer makes a cgroup of so many bytes, of which the process is in another one so deep below. The
// test is skipped where none can be made: it takes root, and a file system of cgroups that may be written.
func newContainer(t *testing.T, bytes, depth int) *container {
	t.Helper()
	root, limit, swap, kills := "/sys/fs/cgroup", "memory.max", "memory.swap.max", "memory.events"
	noSwap := 0
	if _, err := os.Stat("/sys/fs/cgroup/memory/memory.limit_in_bytes"); err == nil { // version 1
		root, limit, swap, kills = root+"/memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"
		noSwap = bytes
	} else if controllers, _ := os.ReadFile(root + "/cgroup.subtree_control"); !slices.Contains(strings.Fields(string(controllers)), "memory") {
		t.Skip("no cgroups here have limits of memory")
	}
	dir, err := os.MkdirTemp(root, "prefixtracker-")
	if err != nil {
		t.Skip("no cgroup can be made here: ", err)
	}
	c := &container{dir: dir, kills: filepath.Join(dir, kills)}
	made := []string{dir}
	t.Cleanup(func() {
		for _, d := range slices.Backward(made) {
			eventually(t, "the cgroup is removed", func() bool { return os.Remove(d) == nil })
		}
	})
	if err := os.WriteFile(filepath.Join(dir, limit), []byte(strconv.Itoa(bytes)), 0); err != nil {
		t.Skip("a cgroup here has no limit of memory: ", err)
	}
	_ = os.WriteFile(filepath.Join(dir, swap), []byte(strconv.Itoa(noSwap)), 0) // there may be none
	for range depth {
		dir = filepath.Join(dir, "inner")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		made = append(made, dir)
	}
	c.procs = filepath.Join(dir, "cgroup.procs")
	return c
}

// command is one that runs inside.
func (c *container) command(program string, args ...string) *exec.Cmd {
	return exec.Command("/bin/sh", append([]string{"-c", `echo $$ > "$0" && exec "$@"`, c.procs, program}, args...)...)
}

// killed is how many processes were killed because there was no memory.
func (c *container) killed(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(c.kills)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if number, ok := strings.CutPrefix(line, "oom_kill "); ok {
			return atoi(t, strings.TrimSpace(number))
		}
	}
	return 0
}

// TestContainer_StaysAlive runs the server with the limits that it gives itself in a container of 64 MB, and
// does there what has killed it, one after the other.
func TestContainer_StaysAlive(t *testing.T) {
	if !memoryCounts() {
		t.Skip("the race detector needs memory of its own")
	}
	for _, kind := range []struct {
		name          string
		depth, rounds int
		watched       bool
		trackers      int64 // what they get of the 64 MB at most
	}{
		{"in its cgroup", 0, 2, false, 32 << 20},
		{"in one below it, looked at over HTTP", 2, 1, true, 29 << 20},
	} {
		t.Run(kind.name, func(t *testing.T) {
			if testing.Short() {
				if kind.watched {
					t.Skip("this is the short form")
				}
				kind.rounds = 1
			}
			inside := newContainer(t, 64<<20, kind.depth)
			shown := ""
			if kind.watched {
				shown = "127.0.0.1:0"
			}
			s := startServerCommand(t, inside.command(binary, "--addr", "127.0.0.1:0", "--http-addr", shown, "--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000"))
			if kind.watched {
				lookOn(t, s)
			}
			c := connect(t, s.addr)
			if limit := infoField(t, c, "maxmemory"); limit > kind.trackers {
				t.Fatalf("it takes %s of 64 MiB for trackers", mib(limit))
			}
			for _, attack := range attacks {
				for range kind.rounds {
					attack.run(t, s)
					if s.hasExited() || inside.killed(t) > 0 {
						t.Fatalf("%s: it was killed", attack.name)
					}
					c.mustDo(t, "PING", simple("PONG"))
					eventually(t, "they have gone", func() bool { return infoField(t, c, "connected_clients") == 1 })
				}
				t.Logf("%s: it has had %s at most", attack.name, mib(s.mostResidentBytes(t)))
				c.mustDo(t, "FLUSHALL", simple("OK"))
			}
		})
	}
}

// lookOn has a hundred ask for pages of another view each, as many of whom are let in as there is memory for, and asks
// for the metrics again and again, until the test ends.
func lookOn(t *testing.T, s *server) {
	t.Helper()
	url := "http://" + httpAddr(t, s.process)
	ctx, end := context.WithCancel(t.Context())
	var looking sync.WaitGroup
	t.Cleanup(func() { end(); looking.Wait() })
	ask := func(path string) (io.ReadCloser, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		return answer.Body, nil
	}
	letIn := 0
	for i := range 100 {
		body, err := ask(fmt.Sprintf("/api/v1/stream?clients=1&prefix=%d:&limit=%d", i, 50+i))
		if err != nil {
			continue
		}
		letIn++
		looking.Go(func() {
			defer body.Close()
			_, _ = io.Copy(io.Discard, body) // until it ends
		})
	}
	if letIn < 20 {
		t.Fatalf("of a hundred %d were let in", letIn)
	}
	looking.Go(func() {
		for ctx.Err() == nil {
			if body, err := ask("/metrics"); err == nil { // else there is no room beside the others
				_, _ = io.Copy(io.Discard, body)
				body.Close()
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// attacks are what one client or some do to the memory of a server.
var attacks = []struct {
	name string
	run  func(t *testing.T, s *server)
}{
	{"arguments of 30 MB that do not end", func(t *testing.T, s *server) {
		piece := strings.Repeat("x", 1<<20)
		for range 20 {
			conn := connect(t, s.addr).conn
			defer conn.Close()
			io.WriteString(conn, "*2\r\n$4\r\nECHO\r\n$31457280\r\n")
			for range 28 {
				conn.SetWriteDeadline(time.Now().Add(time.Second))
				if _, err := io.WriteString(conn, piece); err != nil {
					break // it is cut off
				}
			}
		}
	}},
	{"a million prefixes", func(t *testing.T, s *server) {
		c := connect(t, s.addr)
		defer c.close()
		made, refused := 0, 0
		for i := 0; i < 1_000_000; i += 1000 {
			for k := range 1000 {
				c.send("PT.ADD", strconv.Itoa(i+k)+":", "1")
			}
			for range 1000 {
				switch r, err := c.receive(); {
				case err != nil:
					t.Fatal(err)
				case strings.HasPrefix(r.text, "OOM "):
					refused++
				case r.kind == ':':
					made++
				}
			}
		}
		if made < 10_000 || made+refused != 1_000_000 {
			t.Errorf("of a million prefixes %d were made and %d refused with OOM", made, refused)
		}
		t.Logf("of a million prefixes %d were made", made)
	}},
	{"ranges beyond all memory", func(t *testing.T, s *server) {
		c := connect(t, s.addr)
		defer c.close()
		for i := range 20 {
			if r := c.mustReply(t, "PT.ADDRANGE", "p"+strconv.Itoa(i), "0", "1000000000"); !strings.HasPrefix(r.text, "OOM ") {
				t.Errorf("PT.ADDRANGE replied %q", r.text)
			}
		}
	}},
	{"replies that nobody reads", func(t *testing.T, s *server) {
		c := connect(t, s.addr)
		defer c.close()
		c.mustReply(t, "PT.ADDRANGE", "many", "0", "1000000")
		for i := range 3000 {
			c.mustReply(t, "PT.CREATE", fmt.Sprintf("%d:%s", i, strings.Repeat("x", 400)))
		}
		crowd := &deafCrowd{addr: s.addr}
		defer crowd.leave()
		for _, line := range []string{
			"PT.LIST", "SMEMBERS many", "PT.SCAN many 0 COUNT 6000", "ECHO " + strings.Repeat("x", 60_000), "SLOWLOG GET -1",
			"SRANDMEMBER many 65536", "CLIENT LIST", "PT.TAKENEXT many COUNT 10000 KEYS", "COMMAND DOCS",
		} {
			for range 200 {
				crowd.ask(t, insistently("", words(line), ""))
			}
		}
	}},
	{"monitors that do not read", func(t *testing.T, s *server) {
		crowd := &deafCrowd{addr: s.addr}
		defer crowd.leave()
		for range 200 {
			crowd.ask(t, "MONITOR\r\n")
		}
		c := connect(t, s.addr)
		defer c.close()
		for range 100 {
			c.mustReply(t, "ECHO", strings.Repeat("\x00", 60_000)) // four times as long when shown
		}
	}},
	{"IDs far from each other", func(t *testing.T, s *server) {
		c := connect(t, s.addr)
		defer c.close()
		for range 20 {
			args := []string{"PT.ADD", "far"}
			for range 1000 {
				args = append(args, strconv.FormatUint(rand.Uint64N(1<<48), 10))
			}
			if _, err := c.do(args...); err != nil {
				t.Fatal(err)
			}
		}
	}},
	{"names of replies that are kept", func(t *testing.T, s *server) {
		for i := range 4 {
			c := newCacheReader(t, s.addr)
			defer c.close()
			for n := range 100 {
				args := []string{"EXISTS"}
				for k := range 200 {
					args = append(args, fmt.Sprintf("%d:%d:%d:%s", i, n, k, strings.Repeat("x", 480)))
				}
				c.send("CLIENT", "CACHING", "YES")
				c.send(args...)
				for replies := 0; replies < 2; {
					r, err := c.receive()
					if err != nil {
						return // it is cut off
					}
					if r.kind != '>' {
						replies++
					}
				}
			}
		}
	}},
	{"ranges beside drops", func(t *testing.T, s *server) {
		until := time.Now().Add(2 * time.Second)
		inParallel(t, 6, func(i int) error {
			d, err := dial(s.addr)
			if err != nil {
				return err
			}
			defer d.close()
			for time.Now().Before(until) {
				line := "PT.ADDRANGE p 0 200000000" // 25 MB
				if i == 0 {
					line = "PT.DROP p"
				}
				if _, err := d.do(words(line)...); err != nil {
					return err
				}
			}
			return nil
		})
	}},
	{"deleters of what is dropped", func(t *testing.T, s *server) {
		c := connect(t, s.addr)
		defer c.close()
		for range 50 {
			c.mustReply(t, "PT.ADDRANGE", "p", "0", "100000000") // 12 MB
			c.mustReply(t, "PT.DELITER", "OPEN", "p")
			c.mustReply(t, "PT.DROP", "p")
		}
	}},
	{"transactions of long commands", func(t *testing.T, s *server) {
		crowd := &deafCrowd{addr: s.addr}
		defer crowd.leave()
		for range 200 {
			crowd.ask(t, insistently("MULTI\r\n", []string{"ECHO", strings.Repeat("x", 16_000)}, "EXEC\r\n"))
		}
	}},
}
