package integration_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBeforeAuthAsRedis sends the same to both servers, before and after AUTH, and wants the
// same bytes. Left out are HELLO without AUTH, where Redis's text depends on its version, EXEC,
// which Redis answers with another error around this one, and DEBUG, where Redis says first
// whether it would be allowed. (A server that lets CLIENT or COMMAND pass fails here.)
func TestBeforeAuthAsRedis(t *testing.T) {
	t.Parallel()
	const password = "c0rrect horse"
	store := startRedis(t)
	connect(t, store.addr).mustDoArgs(t, []string{"CONFIG", "SET", "requirepass", password}, simple("OK"))
	redis, tracker := connect(t, store.addr), connect(t, startServer(t, "--requirepass", password).addr)
	for _, args := range [][]string{
		{"PING"}, {"PING", "a", "b", "c"}, {"ECHO", "a"}, {"ECHO"}, {"NOSUCH", "a"}, {""}, {"SELECT", "0"}, {"INFO"}, {"CLIENT"},
		{"CLIENT", "ID"}, {"CLIENT", "SETNAME", "x"}, {"COMMAND"}, {"COMMAND", "COUNT"}, {"CONFIG", "GET", "*"}, {"MULTI"}, {"DISCARD"},
		{"MONITOR"}, {"SLOWLOG", "GET"}, {"SHUTDOWN", "NOSAVE", "NOW", "FORCE"}, {"SADD", "k", "1"}, {"DBSIZE"},
		{"AUTH"}, {"AUTH", "a", "b", "c"}, {"AUTH", ""}, {"AUTH", "wrong"}, {"AUTH", "nobody", password},
		{"HELLO", "9"}, {"HELLO", "x"}, {"HELLO", "3", "AUTH", "default"}, {"HELLO", "3", "BOGUS"}, {"RESET"}, {"PING"},
		{"AUTH", password}, {"PING"}, {"CLIENT", "GETNAME"}, {"AUTH", "default", password}, {"AUTH", "nobody", password}, {"PING"},
		{"RESET"}, {"PING"}, {"AUTH", "default", password}, {"ECHO", "in"}, {"HELLO", "3", "AUTH", "default", "wrong"}, {"ECHO", "still"},
		{"RESET"}, {"QUIT"},
	} {
		want, got := redis.mustReply(t, args...).raw, tracker.mustReply(t, args...).raw
		if got != want {
			t.Errorf("%q\n replied       %q\n redis replies %q", args, got, want)
		}
	}
	if _, err := tracker.do("PING"); err == nil {
		t.Error("QUIT left the connection open")
	}
}

// TestNothingBeforeAuth tries every command and subcommand there is.
func TestNothingBeforeAuth(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--requirepass", "secret")
	in, out := connect(t, s.addr), connect(t, s.addr)
	in.mustDo(t, "AUTH secret", simple("OK"))
	var names []string
	for _, command := range in.mustReply(t, "COMMAND").items {
		names = append(names, command.items[0].text)
		for _, sub := range command.items[9].items {
			names = append(names, strings.ReplaceAll(sub.items[0].text, "|", " "))
		}
	}
	for _, name := range names {
		if slices.Contains([]string{"auth", "hello", "quit", "reset"}, name) {
			continue
		}
		for n := range 6 {
			args := append(words(name), slices.Repeat([]string{"1"}, n)...)
			r := out.mustReply(t, args...)
			if text, ended := strings.CutPrefix(r.raw, "-EXECABORT Transaction discarded because of: "); ended && name == "exec" {
				if r.raw = "-" + text; n > 0 { // it says so in other words
					r.raw = "-ERR " + text
				}
			}
			if r.raw != failure(noAuth) && !strings.HasPrefix(r.raw, "-ERR wrong number of arguments") && !strings.HasPrefix(r.raw, "-ERR unknown subcommand") {
				t.Errorf("%q replied %.200q", args, r.raw)
			}
		}
	}
	in.mustDo(t, "PT.LIST", array())
	if len(names) < 100 {
		t.Errorf("only %d commands were tried", len(names))
	}
}

// TestLimitsBeforeAuth: who has not authenticated may send 10 arguments of 16 KiB.
func TestLimitsBeforeAuth(t *testing.T) {
	t.Parallel()
	store := startRedis(t)
	connect(t, store.addr).mustDo(t, "CONFIG SET requirepass secret", simple("OK"))
	addr := startServer(t, "--requirepass", "secret").addr
	many := strings.Repeat
	for _, test := range []struct {
		bytes string
		own   string // where Redis is more generous
	}{
		{"*10\r\n" + many("$1\r\na\r\n", 10), ""},
		{"*11\r\n", ""},
		{"*2147483648\r\n", ""},
		{"*2\r\n$4\r\nECHO\r\n$16384\r\n" + many("x", 16384) + "\r\n", ""},
		{"*2\r\n$4\r\nECHO\r\n$16385\r\n", ""},
		{"*2\r\n$4\r\nAUTH\r\n$536870913\r\n", ""},
		{"ECHO a b c d e f g h i j\r\n", unauthCount},
		{"*5\r\n" + many("$16384\r\n"+many("x", 16384)+"\r\n", 5), "-ERR Protocol error: too big command\r\n"},
		{"AUTH secret\r\n*12\r\n$4\r\nECHO\r\n" + many("$1\r\na\r\n", 11), ""},
		{"AUTH secret\r\n*2\r\n$4\r\nECHO\r\n$20000\r\n" + many("x", 20000) + "\r\n", ""},
		{"AUTH secret\r\nRESET\r\n*11\r\n", ""},
	} {
		k := killer{bytes: test.bytes}
		got, want := k.exchange(t, addr), test.own
		for try := 0; want == "" && test.own == "" && try < 20; try++ {
			want = k.exchange(t, store.addr)
		}
		if got != want {
			t.Errorf("%.80q\n replied       %.100q\n redis replies %.100q", test.bytes, got, want)
		}
	}
}

// TestResetOnAnOldConnection: who says RESET on a connection that is older than
// --command-timeout has that long to authenticate again.
func TestResetOnAnOldConnection(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	c := connect(t, startServer(t, "--requirepass", "secret", "--command-timeout", timeout.String()).addr)
	c.mustDo(t, "AUTH secret", simple("OK"))
	time.Sleep(2 * timeout)
	c.mustDo(t, "PING", pingedOnce)
	c.mustDo(t, "RESET", simple("RESET"))
	time.Sleep(timeout / 10)
	c.mustDo(t, "AUTH secret", simple("OK"))
	time.Sleep(2 * timeout)
	c.mustDo(t, "PING", pingedOnce)
}

// TestWhoDoesNotAuthenticate is cut off after --command-timeout, whatever it says meanwhile.
func TestWhoDoesNotAuthenticate(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--requirepass", "secret", "--command-timeout", "1s")
	silent, chatty := connect(t, s.addr), connect(t, s.addr)
	began := time.Now()
	for {
		if _, err := chatty.do("PING"); err != nil {
			break
		}
		if time.Since(began) > patience {
			t.Fatal("it may talk for ever")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if r, err := silent.receive(); err == nil || isTimeout(err) {
		t.Fatalf("the silent one: %q, %v", r.raw, err)
	}
}

// TestPasswordFile changes the password while the server runs.
func TestPasswordFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first\n")
	s := startServer(t, "--requirepass-file", file)
	old := connect(t, s.addr)
	old.mustDo(t, "AUTH first", simple("OK"))

	write("second\r\n")
	s.signal(t, syscall.SIGHUP)
	eventually(t, "the new password counts", func() bool {
		return connect(t, s.addr).mustReply(t, "AUTH", "second").raw == simple("OK")
	})
	connect(t, s.addr).mustDo(t, "AUTH first", failure(wrongPass))
	old.mustDo(t, "PING", pingedOnce) // who is in stays in

	for i, broken := range []func(){func() { write("\n") }, func() { os.Remove(file) }} {
		broken()
		s.signal(t, syscall.SIGHUP)
		eventually(t, "it says that it could not", func() bool { return strings.Count(s.log.String(), "reload failed") == i+1 })
		c := connect(t, s.addr)
		c.mustDo(t, "PING", failure(noAuth))
		c.mustDo(t, "AUTH second", simple("OK"))
	}
	for _, text := range []string{"first", "second"} {
		if strings.Contains(s.log.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
}

// TestPasswordIsNowhere uses the password and wrong ones in all ways, and looks for them in all
// that the server tells.
func TestPasswordIsNowhere(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const right, wrong = "r1ghtpassword", "wr0ngpassword"
	s := startServer(t, "--requirepass", right, "--log-level", "debug")
	admin, watcher := connect(t, s.addr), connect(t, s.addr)
	for _, c := range []*client{admin, watcher} {
		c.mustDo(t, "AUTH "+right, simple("OK"))
	}
	admin.mustDo(t, "CONFIG SET slowlog-log-slower-than 0", simple("OK"))
	watcher.mustDo(t, "MONITOR", simple("OK"))
	user := connect(t, s.addr)
	for _, line := range []string{
		"AUTH " + wrong, "AUTH default " + wrong, "AUTH nobody " + wrong, "AUTH a b " + wrong, "HELLO 3 AUTH default " + wrong,
		"HELLO 3 SETNAME x AUTH default " + wrong, "HELLO 3 AUTH nobody " + right, "auth " + right, "Auth default " + right,
		"HELLO 3 auth default " + right, "HELLO 3 SETNAME x AUTH default " + right, "HELLO 3 AUTH default " + wrong + " AUTH default " + right,
		"MULTI", "AUTH " + right, "EXEC",
	} {
		user.mustReply(t, words(line)...)
	}
	admin.mustDo(t, "ECHO end", bulk("end"))
	told := s.log.String()
	for !strings.Contains(told, `"ECHO" "end"`) {
		r, err := watcher.receive()
		if err != nil {
			t.Fatal(err)
		}
		told += r.raw
	}
	for _, line := range []string{"SLOWLOG GET 128", "CONFIG GET *", "INFO all", "CLIENT LIST", "LATENCY LATEST"} {
		told += admin.mustReply(t, words(line)...).raw
	}
	for _, secret := range []string{right, wrong} {
		if at := strings.Index(told, secret); at >= 0 {
			t.Errorf("%s is told: %q", secret, told[max(0, at-100):at+20])
		}
	}
}
