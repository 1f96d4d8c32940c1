package cli

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// asProgram makes the test binary the program itself.
const asProgram = "PREFIXTRACKER_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args))
	}
	os.Exit(m.Run())
}

// longestPath stands for the longest path that a Unix socket can have.
const longestPath = "longest path"

// extremes has for each flag the ends of what it takes, and what lies beyond. With
// what is served, clients get replies on every listener; with what starts they
// need not, as with a patience of a nanosecond.
var extremes = func() map[string]extreme {
	const (
		least, beyond = "-9223372036854775808", "9223372036854775808"
		most          = "9223372036854775807"
		longest       = "2562047h47m16.854775807s"
	)
	times := extreme{
		served:  []string{"0", "0s", "1h", "1500000h", "2000000h", longest},
		starts:  []string{"1ns"},
		refused: []string{"", "-1ns", "2562047h47m16.854775808s", most, "9e9h"},
	}
	word := func(served ...string) extreme {
		return extreme{served: served, refused: []string{"", strings.Repeat("x", 9_999)}}
	}
	file := extreme{refused: []string{"", "a\x00b"}} // TLS needs several flags: see TestExtremes_Files
	long := strings.Repeat("x", resp.MaxPassword)
	return map[string]extreme{
		"config":                      {[]string{os.DevNull}, nil, []string{"", "a\x00b", "/", "/dev/zero", "/nowhere/at/all", strings.Repeat("x", 5000)}},
		"addr":                        {[]string{"127.0.0.1:0", "localhost:0", ":0", "[::]:0", "0.0.0.0:00000"}, nil, []string{"", ":", "127.0.0.1:65536", "127.0.0.1:-1", "256.0.0.1:0"}},
		"default-max-id":              {[]string{"0", "1", "281474976710656"}, nil, []string{"", "-1", "281474976710657", most, beyond, least}},
		"max-count":                   {[]string{"1", most}, nil, []string{"", "0", "-1", beyond, least}},
		"max-memory":                  {[]string{"0", "1", most, "8589934591gb"}, nil, []string{"", "-1", beyond, "8589934592gb", least}},
		"dir":                         {nil, nil, []string{"", "a\x00b", "/dev/null", "/dev/null/below", strings.Repeat("x", 300), "/" + strings.Repeat("x/", 5000)}},
		"appendonly":                  word("yes", "no"),
		"appendfsync":                 word("always", "everysec", "no"),
		"auto-aof-rewrite-percentage": {[]string{"0", "1", "2147483647"}, nil, []string{"", "-1", "2147483648", most, beyond}},
		"auto-aof-rewrite-min-size":   {[]string{"0", most}, nil, []string{"", "-1", beyond}},
		"aof-rewrite-rate":            {[]string{"0", "1", most}, nil, []string{"", "-1", beyond}},
		"aof-load-truncated":          word("yes", "no"),
		"save":                        {[]string{"", "1 0", "1 1", "2147483648 18446744073709551615"}, nil, []string{"0 1", "1", "1 -1", "2147483649 1"}},
		"dbfilename":                  {[]string{"x", strings.Repeat("x", 251)}, nil, []string{"", ".", "a/b", "LOCK", "base-00000001.pt", "a.tmp", strings.Repeat("x", 252)}},
		"restore-skip":                {[]string{"0", "281474976710656"}, nil, []string{"", "-1", "281474976710657", most, beyond}},
		"create-prefixes":             word("yes", "no"),
		"requirepass":                 {nil, []string{"x", long}, []string{"", long + "x"}},
		"requirepass-file":            {nil, nil, []string{"", "/", "/dev/null", "/dev/zero", "/nowhere/at/all", strings.Repeat("x", 5000)}},
		"protected-mode":              word("yes", "no"),
		"store":                       {[]string{"redis://127.0.0.1:1", "rediss://user:secret@[::1]:1/15"}, nil, []string{"", "store", "http://127.0.0.1:1", "redis://", "redis://127.0.0.1:notaport", "redis://127.0.0.1:65536"}},
		"sync-prefixes":               {[]string{"vec:", "a," + strings.Repeat("x", 512)}, nil, []string{"", ",", "vec:,", "vec:, users:", "vec:,vec:", strings.Repeat("x", 513)}},
		"sync-on-start":               {[]string{"no"}, nil, []string{"", "yes"}}, // it needs others
		"follow":                      {[]string{"no"}, nil, []string{"", "yes"}},
		"follow-configure":            {[]string{"no"}, nil, []string{"", "yes"}},
		"sync-settle":                 {[]string{"1ms", "1h"}, nil, []string{"", "0", "999us", "1h1ns", longest}},
		"enable-sync-from":            word("no", "local", "yes"),
		"http-addr":                   {[]string{"", "off", ":0", "127.0.0.1:0"}, nil, []string{":", ":65536", "1.1.1.1:80", "no"}},
		"http-pprof":                  word("yes", "no"),
		"metrics-prefixes":            {[]string{"0", "1", most}, nil, []string{"", "-1", beyond}},
		"tls-addr":                    {nil, nil, []string{"", ":", ":65536", "127.0.0.1:0"}},
		"tls-cert":                    file,
		"tls-key":                     file,
		"tls-ca":                      file,
		"tls-auth-clients":            word("no", "optional", "yes"),
		"unix-socket":                 {[]string{longestPath}, nil, []string{"", "/", longestPath + "x", strings.Repeat("x", 5000), "/nowhere/at/all"}},
		"unix-socket-mode":            {[]string{"0", "0777"}, nil, []string{"", "-1", "01000", most}},
		"max-clients":                 {[]string{"0", "1", most}, nil, []string{"", "-1", beyond, least}},
		"max-clients-per-address":     {[]string{"0", "1", most}, nil, []string{"", "-1", beyond, least}},
		"idle-timeout":                times,
		"command-timeout":             times,
		// Who has room for replies gets them, however short the patience is.
		"write-timeout":             {append(times.served, "1ns", "1ms"), nil, times.refused},
		"shutdown-timeout":          times,
		"max-arguments":             {[]string{"1", "2147483647"}, nil, []string{"", "0", "-1", "2147483648", most, beyond}},
		"max-bulk":                  {[]string{"32", "512mb"}, nil, []string{"", "31", "0", "536870913", "513mb", most, beyond}},
		"max-command":               {[]string{"64", "1gb"}, nil, []string{"", "63", "0", "1073741825", most, beyond}},
		"max-inline":                {[]string{"32", "1mb"}, nil, []string{"", "31", "0", "1048577", most, beyond}},
		"max-query-memory":          {[]string{"0", "1", most}, nil, []string{"", "-1", beyond}},
		"listener":                  word("auto", "redcon"),
		"loops":                     {[]string{"0", "1", "1024"}, nil, []string{"", "-1", "1025", "100000", most, beyond}},
		"enable-debug-command":      word("no", "local", "yes"),
		"enable-protected-commands": word("no", "local", "yes", "auto"),
		"slowlog-log-slower-than":   {[]string{"-1", "0", most}, nil, []string{"", "-2", beyond, least}},
		"slowlog-max-len":           {[]string{"0", "100000"}, nil, []string{"", "-1", "100001", most, beyond}},
		"latency-monitor-threshold": {[]string{"0", most}, nil, []string{"", "-1", beyond, least}},
		"log-level":                 {[]string{"debug", "info"}, nil, []string{"", "trace", "disabled"}},
		"log-format":                word("pretty", "json"),
	}
}()

type extreme struct{ served, starts, refused []string }

// TestExtremes runs the program with each flag at the ends of its values. It says what is wrong and ends, or
// it listens and ends in good order when told to; and what it takes it serves, on every listener.
func TestExtremes(t *testing.T) {
	for _, r := range rows() {
		if r.flag == "" {
			continue
		}
		ends, ok := extremes[r.flag]
		if !ok {
			t.Errorf("--%s has no extremes", r.flag)
		}
		listeners := []string{listenerAuto}
		if len(ends.served) > 0 && resp.DefaultLoops() > 0 && r.flag != "listener" {
			listeners = append(listeners, listenerRedcon)
		}
		for _, kind := range listeners {
			for _, value := range ends.served {
				runExtreme(t, kind, r.flag, value, func(t *testing.T, p *program) { p.mustServe(t); p.mustEnd(t) })
			}
		}
		for _, value := range ends.starts {
			runExtreme(t, listenerAuto, r.flag, value, func(t *testing.T, p *program) { p.mustListen(t); p.mustEnd(t) })
		}
		for _, value := range ends.refused {
			runExtreme(t, listenerAuto, r.flag, value, func(t *testing.T, p *program) { p.mustRefuse(t) })
		}
	}
}

func runExtreme(t *testing.T, kind, flag, value string, must func(*testing.T, *program)) {
	t.Run(fmt.Sprintf("%s/--%s=%.40s", kind, flag, value), func(t *testing.T) {
		t.Parallel()
		if strings.HasPrefix(value, longestPath) {
			dir, err := os.MkdirTemp("", "s")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			more := value[len(longestPath):]
			value = filepath.Join(dir, strings.Repeat("s", len(syscall.RawSockaddrUnix{}.Path)-1-len(dir)-1)) + more
		}
		args := []string{"--" + flag + "=" + value}
		if flag != "addr" {
			args = append(args, "--addr=127.0.0.1:0")
		}
		if flag != "listener" {
			args = append(args, "--listener="+kind)
		}
		must(t, startProgram(t, args))
	})
}

// program is this one, running.
type program struct {
	*exec.Cmd
	lines chan string // of its log
	ended chan error
	told  bool // to end; the second time is at once
}

const programPatience = time.Minute

func startProgram(t *testing.T, args []string) *program {
	t.Helper()
	p := &program{Cmd: exec.Command(os.Args[0], args...), lines: make(chan string, 1000), ended: make(chan error, 1)}
	// With the race detector each would wait a second before it ends.
	p.Env = append(os.Environ(), asProgram+"=yes", "NO_COLOR=yes", "GORACE=atexit_sleep_ms=0", "PT_DIR="+t.TempDir())
	out, err := p.StderrPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Skipf("the system does not start it: %v", err) // an argument of a zero, or too long
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.lines <- lines.Text()
		}
		close(p.lines)
		p.ended <- p.Wait()
	}()
	t.Cleanup(func() { _ = p.Process.Kill() }) // it has ended, or is to
	return p
}

var listening = regexp.MustCompile(`listening addr=([^ "]+:[0-9]+)|"addr":"([^"]+)".*"listening"`)

// mustListen returns where it listens.
func (p *program) mustListen(t *testing.T) string {
	t.Helper()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("it ends: %v", <-p.ended)
			}
			if m := listening.FindStringSubmatch(line); m != nil {
				return m[1] + m[2]
			}
			if strings.HasPrefix(line, "prefixtracker:") {
				t.Fatal(line)
			}
		case <-time.After(programPatience):
			t.Fatal("it says nothing")
		}
	}
}

// mustServe wants replies to a client, of which the first has one word, as the
// least limits let in.
func (p *program) mustServe(t *testing.T) {
	t.Helper()
	_, port, err := net.SplitHostPort(p.mustListen(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(programPatience)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for range 3 {
		_, _ = io.WriteString(conn, "*1\r\n$4\r\nPING\r\n") // broken: there is no reply
		if line, err := in.ReadString('\n'); line != "+PONG\r\n" {
			t.Fatalf("PING: %q, %v", line, err)
		}
	}
	// Whatever becomes of the rest: the most of an argument and of all arguments, a long hand-out, a long reply.
	for _, command := range []string{
		"*3\r\n$6\r\nPT.ADD\r\n$2\r\nx:\r\n$1\r\n0\r\n",
		"*4\r\n$12\r\nPT.CLAIMNEXT\r\n$2\r\nx:\r\n$5\r\nCOUNT\r\n$5\r\n50000\r\n",
		"*3\r\n$11\r\nSRANDMEMBER\r\n$2\r\nx:\r\n$20\r\n-9223372036854775808\r\n",
		"*2147483647\r\n", "*2\r\n$536870912\r\nx", "*2\r\n$9223372036854775807\r\nx", strings.Repeat("x", 2<<20),
	} {
		other, err := net.Dial("tcp", conn.RemoteAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(other, command) // it may be turned away
		_ = other.Close()
	}
	_, _ = io.WriteString(conn, "*1\r\n$4\r\nPING\r\n") // as above
	if line, err := in.ReadString('\n'); line != "+PONG\r\n" {
		t.Errorf("PING behind the others: %q, %v", line, err)
	}
}

// mustEnd tells it to end, and wants it to, in good order.
func (p *program) mustEnd(t *testing.T) {
	t.Helper()
	p.tell()
	if out, err := p.wait(t); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// mustRefuse wants one line that says why, and an end.
func (p *program) mustRefuse(t *testing.T) {
	t.Helper()
	out, err := p.wait(t)
	if err == nil || strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "prefixtracker: ") {
		t.Errorf("%v\n%s", err, out)
	}
}

func (p *program) wait(t *testing.T) (out string, err error) {
	t.Helper()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return out, <-p.ended
			}
			out += line + "\n"
			if strings.Contains(line, "listening") {
				p.tell()
			}
		case <-time.After(programPatience):
			t.Fatalf("it does not end\n%s", out)
		}
	}
}

func (p *program) tell() {
	if !p.told {
		p.told = true
		_ = p.Process.Signal(syscall.SIGTERM) // it may have ended
	}
}
