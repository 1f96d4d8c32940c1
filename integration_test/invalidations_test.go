package integration_test

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// cacheReader keeps what PT.INFO replies of prefixes and hears when it no longer holds.
type cacheReader struct{ *client }

func newCacheReader(t *testing.T, addr string) cacheReader {
	c := connect(t, addr)
	c.mustReply(t, "HELLO", "3")
	c.mustDo(t, "CLIENT TRACKING ON OPTIN", simple("OK"))
	return cacheReader{c}
}

// keep has the reader keep what PT.INFO says of prefix, and returns that.
func (c cacheReader) keep(t *testing.T, prefix string) (said string) {
	t.Helper()
	c.mustDo(t, "CLIENT CACHING YES", simple("OK"))
	r := c.mustReply(t, "PT.INFO", prefix)
	if r.kind != '%' {
		t.Fatalf("PT.INFO %s: %q", prefix, r.raw)
	}
	return r.raw
}

// next waits for the next invalidation and returns the prefix that it is of.
func (c cacheReader) next(t *testing.T) string {
	t.Helper()
	r, err := c.receive()
	if err != nil || r.kind != '>' || len(r.items) != 2 || r.items[0].text != "invalidate" || len(r.items[1].items) != 1 {
		t.Fatalf("%q, %v: no invalidation", r.raw, err)
	}
	return r.items[1].items[0].text
}

// TestInvalidations_TellOfChangesAlone: who keeps what PT.INFO shows of a prefix is told when that
// changes, and is told of nothing else.
func TestInvalidations_TellOfChangesAlone(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	reader := newCacheReader(t, s.addr)
	fresh := 0
	begin := func(t *testing.T) (vec, mark string) {
		fresh++
		vec, mark = fmt.Sprintf("vec%d:", fresh), fmt.Sprintf("mark%d:", fresh)
		c.mustDo(t, "PT.CREATE "+vec+" MAXID 1000", simple("OK"))
		c.mustDo(t, "PT.ADD "+vec+" 1 2 3", integer(3))
		c.mustDo(t, "PT.ADD "+mark+" 1", integer(1))
		reader.keep(t, vec)
		reader.keep(t, mark)
		return vec, mark
	}
	for _, line := range []string{
		"PT.ADD @ nonsense", "PT.ADD @ 1", "PT.ADD @ 1 2 3", "PT.REM @ 7", "PT.ADDRANGE @ 1 4", "PT.ADDRANGE @ 5 5", "PT.REMRANGE @ 10 20",
		"PT.ADDKEY @000000000001", "PT.ADDKEY nobody:1", "PT.REMKEY @000000000009", "PT.CREATE @", "PT.EXISTS @ 1", "PT.COUNT @", "PT.MAP @", "PT.CLAIMNEXT @ CUONT 1",
		"PT.TAKENEXT @ RANGE 50 60", "SADD @ 1", "SREM @ 9", "SETBIT @ 1 1", "SETBIT @ 9 0", "SPOP @ 0", "PT.DELITER CLOSE nothing", "PT.DROP nobody:", "DEL nobody:", "PT.RESERVE @ 10",
	} {
		t.Run("nothing of "+line, func(t *testing.T) {
			vec, mark := begin(t)
			c.mustReply(t, words(strings.ReplaceAll(line, "@", vec))...)
			c.mustDo(t, "PT.ADD "+mark+" 2", integer(1))
			if got := reader.next(t); got != mark {
				t.Errorf("told of %q", got)
			}
		})
	}
	for _, line := range []string{
		"PT.ADD @ 9", "PT.ADD @ 5000", "PT.REM @ 1", "PT.REM @ 5000", "PT.CLAIM @ 9", "PT.CLAIM @ 1", "PT.MCLAIM @ 9 9", "PT.EXISTS @ 5000", "PT.MEXISTS @ 1 5000",
		"PT.ADDRANGE @ 0 9", "PT.REMRANGE @ 0 9", "PT.ADDKEY @000000000009", "PT.REMKEY @000000000001", "PT.CLAIMNEXT @", "PT.TAKENEXT @", "PT.CLEAR @", "PT.CLEAR @ RETAIN",
		"PT.RESERVE @ 900000", "PT.DROP @", "DEL @", "UNLINK @", "SADD @ 9", "SREM @ 1", "SPOP @", "SETBIT @ 9 1", "SETBIT @ 1 0", "GETBIT @ 5000", "PT.DELITER OPEN @ TTL 50",
	} {
		if line == "PT.RESERVE @ 900000" { // the bound is below, so there is room already
			continue
		}
		t.Run("a change by "+line, func(t *testing.T) {
			vec, _ := begin(t)
			c.mustReply(t, words(strings.ReplaceAll(line, "@", vec))...)
			if got := reader.next(t); got != vec {
				t.Errorf("told of %q", got)
			}
		})
	}
	// A delete iterator that ends is told of, whatever ends it.
	for name, end := range map[string]func(t *testing.T, holder *client, token string){
		"time":       func(*testing.T, *client, string) {},
		"close":      func(t *testing.T, _ *client, token string) { c.mustDo(t, "PT.DELITER CLOSE "+token, integer(1)) },
		"connection": func(_ *testing.T, holder *client, _ string) { holder.close() },
	} {
		t.Run("the end of a delete iterator by "+name, func(t *testing.T) {
			vec, _ := begin(t)
			holder := connect(t, s.addr)
			token := ""
			for ttl, held := 100, false; !held; ttl *= 4 { // a slow machine may see it end before it looks
				options := map[string]string{"time": fmt.Sprint(" TTL ", ttl), "close": "", "connection": " ONCLOSE"}[name]
				token = holder.mustReply(t, words("PT.DELITER OPEN "+vec+options)...).text
				if got := reader.next(t); got != vec {
					t.Fatalf("told of %q", got)
				}
				held = strings.Contains(reader.keep(t, vec), bulk("deleter")+bulk("held"))
			}
			end(t, holder, token)
			if got := reader.next(t); got != vec {
				t.Errorf("told of %q", got)
			}
			if r := c.mustReply(t, "PT.INFO", vec); !strings.Contains(r.raw, bulk("deleter")+bulk("free")) {
				t.Errorf("PT.INFO: %q", r.raw)
			}
		})
	}
}

// TestInvalidations_WhoIsTold: what was not announced is not watched, own changes are not told with
// NOLOOP, and who goes to RESP2 or begins anew gets nothing in a form that he does not know.
func TestInvalidations_WhoIsTold(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	for _, prefix := range []string{"a:", "b:", "mark:"} {
		c.mustDo(t, "PT.ADD "+prefix+" 1", integer(1))
	}
	reader := newCacheReader(t, s.addr)
	reader.keep(t, "a:")
	reader.mustReply(t, "PT.INFO", "b:") // not announced
	c.mustDo(t, "PT.ADD b: 2", integer(1))
	c.mustDo(t, "PT.ADD a: 2", integer(1))
	if got := reader.next(t); got != "a:" {
		t.Errorf("told of %q", got)
	}

	reader.mustDo(t, "CLIENT TRACKING ON OPTIN NOLOOP", simple("OK"))
	reader.keep(t, "a:")
	reader.keep(t, "mark:")
	reader.mustDo(t, "PT.ADD a: 3", integer(1))
	c.mustDo(t, "PT.ADD mark: 2", integer(1))
	if got := reader.next(t); got != "mark:" {
		t.Errorf("told of %q", got)
	}
	reader.mustDo(t, "CLIENT TRACKING ON OPTIN", simple("OK"))

	// What a transaction reads behind a HELLO 2 is not watched.
	reader.mustDo(t, "CLIENT CACHING YES", simple("OK"))
	for _, line := range []string{"MULTI", "HELLO 2", "PT.COUNT a:", "EXEC"} {
		reader.mustReply(t, words(line)...)
	}
	c.mustDo(t, "PT.ADD a: 4", integer(1))
	reader.mustDo(t, "PING", simple("PONG"))

	// What has been told before a HELLO 2 is sent before its reply.
	reader.mustReply(t, "HELLO", "3")
	reader.keep(t, "a:")
	reader.send("PT.ADD", "a:", "5")
	reader.send("HELLO", "2")
	reader.send("PING")
	var kinds []byte
	for range 4 {
		r, err := reader.receive()
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, r.kind)
	}
	if string(kinds) != ":>*+" {
		t.Errorf("the replies and the push are %q", kinds)
	}

	// Nobody hears of a flush who has begun anew before.
	reader.mustReply(t, "HELLO", "3")
	reader.mustDo(t, "CLIENT TRACKING ON OPTIN", simple("OK"))
	reader.keep(t, "a:")
	reader.mustDo(t, "RESET", simple("RESET"))
	c.mustDo(t, "FLUSHALL", simple("OK"))
	reader.mustDo(t, "PING", simple("PONG"))
}

// TestInvalidations_ComeBeforeLongReplies: who takes a long reply slowly holds back nobody's
// invalidation.
func TestInvalidations_ComeBeforeLongReplies(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	prefix := strings.Repeat("p", 500)
	for _, line := range []string{"PT.CLAIMNEXT @ COUNT 65536 KEYS", "PT.TAKENEXT @ COUNT 65536 KEYS", "PT.MCLAIM @ " + strings.Repeat("7 ", 400_000)} {
		c.mustReply(t, "PT.DROP", prefix)
		c.mustDo(t, "PT.ADDRANGE "+prefix+" 100000 200000", integer(100_000))
		reader := newCacheReader(t, s.addr)
		reader.keep(t, prefix)
		conn := deaf(t, s.addr)
		slow := &client{conn: conn, out: bufio.NewWriter(conn)}
		slow.send(words(strings.ReplaceAll(line, "@", prefix))...)
		if err := slow.out.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := reader.next(t); got != prefix {
			t.Errorf("%.30s: told of %.20q", line, got)
		}
		slow.close()
	}
}
