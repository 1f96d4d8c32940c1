package integration_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestTop looks at a server as a person does.
func TestTop(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c := connect(t, s.addr)
	c.mustDo(t, "CLIENT SETNAME somebody", simple("OK"))
	for _, line := range []string{"PT.CREATE vec: MAXID 1000", "PT.CREATE doc: MAXID 64", "PT.ADDRANGE vec: 0 250", "PT.ADDRANGE doc: 0 32", "PT.ADD evil\x1b[2J\u202e: 7"} {
		c.mustReply(t, words(line)...)
	}
	top := startScreen(t, 120, 40, "echo was here; "+binary+" top --http-addr "+httpAddr(t, s.process)+"; echo exit $?")
	shown := top.mustShow("● ready", "vec:", "doc:", `evil\x1B[2J\xE2\x80\xAE:`, "1–3 of 3", "4 prefixes"[1:])
	if got := words(lineWith(shown, "vec:")); !slices.Contains(got, "250") || !slices.Contains(got, "25.0%") || !slices.Contains(got, "750") {
		t.Errorf("of vec: it shows %q", got)
	}
	if strings.Contains(shown, "was here") {
		t.Error("it does not have the screen for itself")
	}

	// What changes is seen, with its rate, within a few seconds.
	c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 100")...)
	rate := regexp.MustCompile(`\+\d+(\.\d)? +\d+(\.\d)? `)
	top.mustSee("vec: has 100 more, and rates", func(shown string) bool {
		line := lineWith(shown, "vec:")
		return slices.Contains(words(line), "350") && rate.MatchString(line)
	})

	top.types("s") // the fullest first
	top.mustSee("doc: stands first and is chosen", func(shown string) bool {
		return strings.Index(shown, "doc:") < strings.Index(shown, "vec:") && strings.Contains(shown, "› doc:") && strings.Contains(shown, "by full")
	})
	top.mustShow("IDs 0 to 63", "1 each block", strings.Repeat("█", 32)+strings.Repeat("·", 32))
	top.types("Down")
	top.mustShow("› vec:", "IDs 0 to 999")
	c.mustReply(t, words("PT.REM vec: 7")...)
	top.mustShow("349")

	// Searching, to the end and back.
	top.types("/", "o", "c")
	top.mustSee("doc: alone is there", func(shown string) bool {
		return strings.Contains(shown, "› doc:") && !strings.Contains(shown, "vec:") && strings.Contains(shown, "/oc")
	})
	top.types("BSpace", "BSpace", "z*")
	top.mustShow(`no prefix matches "z*"`)
	top.types("Escape")
	top.mustShow("vec:", "doc:", "evil")

	top.types("c")
	if line := lineWith(top.mustShow("somebody"), "somebody"); !strings.Contains(line, "pt.rem") {
		t.Errorf("the client is %q", line)
	}
	top.types("c", "?")
	top.mustShow("choose a prefix", "quit")
	top.types("?", "p")
	top.mustShow("‖ paused")
	c.mustReply(t, words("PT.ADDRANGE vec: 0 500")...)
	other := startScreen(t, 120, 40, binary+" top --http-addr "+httpAddr(t, s.process))
	other.mustShow("500") // and a second later what comes next: by then everybody was told
	c.mustReply(t, words("PT.REM vec: 8")...)
	other.mustShow("499")
	if shown := top.shown(); !slices.Contains(words(lineWith(shown, "vec:")), "349") {
		t.Errorf("paused it goes on:\n%s", shown)
	}
	top.types("p")
	top.mustShow("499")

	top.types("q")
	shown = top.mustShow("was here", "exit 0")
	if top.tmux("display-message", "-p", "#{alternate_on}#{cursor_flag}") != "01\n" || strings.Contains(shown, "vec:") {
		t.Errorf("it leaves the terminal in disorder:\n%s", shown)
	}
	top.types("stty -a | tr ';' '\\n'", "Enter")
	top.mustShow("isig icanon iexten echo ") // it is not raw
}

// TestTop_InFlight: what is handed out with a lease is seen, and where; and how far a shared cursor is.
func TestTop_InFlight(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c := connect(t, s.addr)
	for _, line := range []string{"PT.CREATE vec: MAXID 64", "PT.ADDRANGE vec: 0 16"} {
		c.mustReply(t, words(line)...)
	}
	top := startScreen(t, 160, 30, binary+" top --http-addr "+httpAddr(t, s.process))
	shown := top.mustShow("› vec:", "IDs 0 to 63")
	if strings.Contains(shown, "FLIGHT") || strings.Contains(shown, "in flight") {
		t.Errorf("nothing is in flight:\n%s", shown)
	}
	for _, line := range []string{"PT.CURSOR OPEN pass vec: SET RANGE 0 64", "PT.CURSOR NEXT pass COUNT 16", "PT.CURSOR OPEN other vec: SET RANGE 0 64"} {
		c.mustReply(t, words(line)...)
	}
	token := c.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 48 LEASE 600000")...).items[0].text
	shown = top.mustShow("IN FLIGHT", "╱ 48 in flight", "all out", "pass 25.0% done", "other 0.0% done", strings.Repeat("█", 16)+strings.Repeat("╱", 48))
	if got := words(lineWith(shown, "› vec:")); !slices.Contains(got, "16") || !slices.Contains(got, "0") || !slices.Contains(got, "48") {
		t.Errorf("of vec: it shows %q", got)
	}
	c.mustReply(t, "PT.CONFIRM", token)
	top.mustSee("it is full", func(shown string) bool {
		return strings.Contains(lineWith(shown, "› vec:"), "full") && !strings.Contains(shown, "FLIGHT") && strings.Contains(shown, strings.Repeat("█", 64))
	})
}

// TestTop_SmallScreens makes the screen small and large again while it is used.
func TestTop_SmallScreens(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t, "--http-addr", "127.0.0.1:0")
	c := connect(t, s.addr)
	for i := range 30 {
		c.mustReply(t, words("PT.ADDRANGE p"+integerText(i)+": 0 "+integerText(1000-i))...)
	}
	top := startScreen(t, 40, 12, binary+" top --http-addr "+httpAddr(t, s.process))
	top.mustShow("● ready", "› p0:", "1,000")
	top.types("PageDown")
	top.mustSee("another page", func(shown string) bool {
		return strings.Contains(shown, " of 30") && !strings.Contains(shown, "p0:") && !strings.Contains(shown, "1–")
	})
	for _, size := range [][2]string{{"10", "5"}, {"1", "1"}, {"20", "3"}, {"200", "50"}} {
		top.tmux("resize-window", "-x", size[0], "-y", size[1])
		if size[0] == "20" {
			top.mustShow("● ready")
		}
	}
	top.types("Home")
	top.mustShow("› p0:", "p29:", "1–30 of 30", "q quit")
	top.types("C-c")
	top.mustSee("the shell is back", func(shown string) bool { return !strings.Contains(shown, "ready") })
}

// TestTop_ServerRestarts: it says that there is no server, and goes on when there is one again.
func TestTop_ServerRestarts(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	where := "127.0.0.1:" + freePort(t)
	first := startServer(t, "--http-addr", where)
	connect(t, first.addr).mustReply(t, words("PT.ADD first: 7")...)
	pid := filepath.Join(t.TempDir(), "pid")
	top := startScreen(t, 160, 20, "NO_COLOR=1 sh -c 'echo $$ >"+pid+"; exec "+binary+" top --http-addr "+where+"'; echo exit $?")
	top.mustShow("● ready", "first:")
	if drawn := top.tmux("capture-pane", "-p", "-e"); regexp.MustCompile(`\x1b\[(\d+;)*[349]\d[;m]`).MatchString(strings.ReplaceAll(strings.ReplaceAll(drawn, "[39m", ""), "[49m", "")) {
		t.Errorf("with NO_COLOR there are colours: %q", drawn)
	}
	first.signal(t, syscall.SIGTERM)
	first.waitExit(t)
	top.mustShow("✗ not connected", "trying again", "connection refused", "first:")
	second := startServer(t, "--http-addr", where)
	connect(t, second.addr).mustReply(t, words("PT.ADD second: 7")...)
	top.mustSee("the new server", func(shown string) bool {
		return strings.Contains(shown, "● ready") && strings.Contains(shown, "second:") && !strings.Contains(shown, "first:")
	})
	if output, code := run(t, "sh", "-c", "kill -TERM $(cat "+pid+")"); code != 0 {
		t.Fatal(output)
	}
	top.mustShow("exit 0")
	if top.tmux("display-message", "-p", "#{alternate_on}") != "0\n" {
		t.Error("it leaves the terminal in disorder when it is ended")
	}
}

// TestTop_Prints: where there is no terminal it prints, with the server's settings.
func TestTop_Prints(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startTLSServer(t, "--http-addr", "127.0.0.1:0", "--requirepass", "hunter2")
	c := connect(t, s.addr)
	c.mustDo(t, "AUTH hunter2", simple("OK"))
	long := strings.Repeat("long", 30) + ":"
	c.mustReply(t, words("PT.ADDRANGE vec: 0 1234567")...)
	c.mustReply(t, "PT.ADD", long, "1")
	where := []string{"PT_HTTP_ADDR=" + httpAddr(t, s.process), "PT_REQUIREPASS=hunter2"}
	own := append(where, "PT_TLS_CERT="+s.cert, "PT_TLS_KEY="+s.key, "PT_TLS_ADDR="+s.tlsAddr)
	for _, test := range []struct {
		environment []string
		args, want  []string
	}{
		{own, nil, []string{"● ready", "vec:", "1,234,567", long + " "}},
		{where, []string{"--tls", "--tls-ca", s.authority.file, "--once", "--match", "long*", "--sort", "name"}, []string{"PREFIX▾", long + " "}},
		{where, []string{"--tls", "--insecure"}, []string{"1,234,567"}},
	} {
		output, code := probing(t, test.environment, append([]string{"top"}, test.args...)...)
		if code != 0 || strings.Contains(output, "\x1b") {
			t.Errorf("%q exited with %d and printed %q", test.args, code, output)
		}
		mustContain(t, output, test.want...)
	}
	if output, _ := probing(t, own, "top", "--match", "none"); !strings.Contains(output, `no prefix matches "none"`) {
		t.Errorf("of none it printed %q", output)
	}
	another := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "\x1b[") }))
	t.Cleanup(another.Close)
	for _, test := range []struct {
		environment []string
		args        string
		want        string
	}{
		{own, "--requirepass wrong", "a password is wanted"},
		{where, "--tls", "certificate signed by unknown authority"},
		{where, "", "127.0.0.1:"}, // without TLS: whether the answer arrives before the end depends on the system
		{own, "--http-addr off", "--http-addr says that the server has no HTTP address"},
		{own, "--http-addr 127.0.0.1:1", "connection refused"},
		{own, "--sort size", `invalid value "size" for --sort: must be one of count, full, claims, memory, name`},
		{own, "nonsense", "unknown command"},
		{nil, "--http-addr " + strings.TrimPrefix(another.URL, "http://"), "not understood"},
		// What says something before it is asked is no HTTP: the library has words of its own for that.
		{nil, "--http-addr " + stranger(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\x1b["), "127.0.0.1:"},
		{nil, "--http-addr " + s.addr, "127.0.0.1:"},
	} {
		output, code := probing(t, test.environment, append([]string{"top"}, strings.Fields(test.args)...)...)
		if code != 1 || !isOneComplaint(output) || !strings.Contains(output, test.want) {
			t.Errorf("%q exited with %d and printed %q, want %q", test.args, code, output, test.want)
		}
	}

	// Again and again, until nobody reads it.
	cmd := exec.Command(binary, "top", "--interval", "1s")
	cmd.Env = append(cmd.Environ(), own...)
	p := startProcess(t, cmd)
	eventually(t, "it prints twice", func() bool { return bytes.Count([]byte(p.log.String()), []byte("● ready")) >= 2 })
	p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.waitExit(t); code != 0 {
		t.Errorf("it exited with %d:\n%s", code, p.log.String())
	}
}
