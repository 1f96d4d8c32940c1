package integration_test

import (
	"slices"
	"strings"
	"testing"
)

// tracking is a connection that CLIENT TRACKING tells of changes.
type tracking struct {
	*client
	told []string // keys, in order; "*" is all
}

// ask sends a command and returns its reply, raw. Invalidations before it are kept.
func (c *tracking) ask(t *testing.T, line string) string {
	t.Helper()
	c.send(words(line)...)
	for {
		r, err := c.receive()
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if r.kind != '>' {
			return r.raw
		}
		c.hear(t, r)
	}
}

func (c *tracking) hear(t *testing.T, r reply) {
	t.Helper()
	if len(r.items) != 2 || r.items[0].text != "invalidate" {
		t.Fatalf("pushed %q", r.raw)
	}
	if r.items[1].kind == 0 {
		c.told = append(c.told, "*")
	}
	for _, key := range r.items[1].items {
		c.told = append(c.told, key.text)
	}
}

// until waits until the connection has heard of key, and returns what it has heard before that.
func (c *tracking) until(t *testing.T, key string) []string {
	t.Helper()
	for {
		if i := slices.Index(c.told, key); i >= 0 {
			told := slices.Clone(c.told[:i])
			c.told = c.told[i+1:]
			return told
		}
		r, err := c.receive()
		if err != nil || r.kind != '>' {
			t.Fatalf("%q, %v: no invalidation", r.raw, err)
		}
		c.hear(t, r)
	}
}

// trackingCase is a conversation of a client that is told ("r ...") and another one ("w ...").
type trackingCase struct{ on, lines string }

// Each case ends with a change of the set mark, which the first client has read; what it was told
// before is compared.
var trackingCases = []trackingCase{
	{"CLIENT TRACKING ON", "r SCARD a; r SMEMBERS b; w SADD a 1; w SADD b 1; w SADD c 1; w SADD a 2"},
	{"CLIENT TRACKING ON", "r SCARD a; r SADD a 5"},
	{"CLIENT TRACKING ON NOLOOP", "r SCARD a; r SADD a 5; w SADD a 6; r SCARD a; w SADD a 7"},
	{"CLIENT TRACKING ON", "r SCARD a; r SCARD a; w SADD a 1; r SCARD a; w DEL a; w DEL a"},
	{"CLIENT TRACKING ON", "r MULTI; r SCARD a; r EXISTS b c; r EXEC; w SADD a 1; w SADD c 1; w SADD b 1"},
	{"CLIENT TRACKING ON", "r SADD a 1; w SADD a 2; r TYPE a; w SREM a 2; r SISMEMBER a 1; w SREM a 2; w SREM a 1"},
	{"CLIENT TRACKING ON", "r SCARD a; r CLIENT TRACKING OFF; w SADD a 1; r CLIENT TRACKING ON"},
	{"CLIENT TRACKING ON", "w SADD b 1; r SCARD a; w FLUSHALL; w SADD a 1"},
	{"CLIENT TRACKING ON", "w SADD a 1; r SCARD a; r SCARD b; w RENAME a b; r SCARD b; r EXISTS a; w COPY b c; w COPY b c REPLACE; r SCARD c; w COPY b c; w COPY b c REPLACE"},
	{"CLIENT TRACKING ON", "w SADD a 1 2; w SADD b 2 3; r SINTER a b; w SADD a 7; r SINTERCARD 2 a b; w SADD b 7; r SCARD d; w SUNIONSTORE d a b; r SCARD d; w RENAMENX a d; w RENAMENX a e; w SDIFFSTORE d none; w SDIFFSTORE d none"},
	{"CLIENT TRACKING ON BCAST", "w SADD a 1; w RENAME a b; w COPY b c; w SINTERSTORE d b c; r RENAME d e"},
	{"CLIENT TRACKING ON OPTIN", "r SCARD a; w SADD a 1; r CLIENT CACHING YES; r SCARD a; r SCARD b; w SADD b 1; w SADD a 2"},
	{"CLIENT TRACKING ON OPTIN", "r CLIENT CACHING YES; r MULTI; r SCARD a; r SCARD b; r EXEC; r SCARD c; w SADD c 1; w SADD a 1; w SADD b 1"},
	{"CLIENT TRACKING ON OPTOUT", "r SCARD a; w SADD a 1; r CLIENT CACHING NO; r SCARD a; r SCARD b; w SADD a 2; w SADD b 1"},
	{"CLIENT TRACKING ON OPTOUT", "r CLIENT CACHING NO; r MULTI; r SCARD a; r SCARD b; r EXEC; r SCARD c; w SADD a 1; w SADD b 1; w SADD c 1"},
	{"CLIENT TRACKING ON OPTOUT NOLOOP", "r SCARD a; r SADD a 1; w SADD a 2"},
	{"CLIENT TRACKING ON BCAST", "w SADD a 1; w SADD a 2; r SADD b 1; w SADD a 2; w DEL a"},
	{"CLIENT TRACKING ON BCAST NOLOOP", "w SADD a 1; r SADD b 1; w SADD c 1"},
	{"CLIENT TRACKING ON BCAST PREFIX a PREFIX mark", "w SADD a 1; w SADD ab 1; w SADD b 1; w SADD ba 1; w SADD a 2"},
	{"CLIENT TRACKING ON BCAST PREFIX mark", "w SADD a 1; r CLIENT TRACKING ON BCAST PREFIX b; w SADD b1 1; w SADD a 2; r SCARD a; w SADD a 3"},
	{"CLIENT TRACKING ON BCAST PREFIX mark PREFIX x", "w SADD x 1; w FLUSHALL; w SADD a 1"},
	{"CLIENT TRACKING ON BCAST", "w SADD a 1; r CLIENT TRACKING OFF; w SADD a 2; r CLIENT TRACKING ON BCAST PREFIX mark; w SADD a 3"},
	{"CLIENT TRACKING ON OPTIN", "r CLIENT CACHING NO; r CLIENT TRACKING ON OPTOUT; r CLIENT TRACKING ON BCAST; r CLIENT TRACKING ON PREFIX a; r CLIENT TRACKINGINFO; r CLIENT GETREDIR"},
	{"CLIENT TRACKING ON OPTOUT", "r CLIENT CACHING YES; r CLIENT CACHING maybe; r CLIENT CACHING NO; r CLIENT TRACKINGINFO; r CLIENT TRACKING ON OPTIN; r CLIENT TRACKING ON OPTOUT BCAST; r PING"},
	{"CLIENT TRACKING ON BCAST", "r CLIENT CACHING YES; r CLIENT TRACKING ON; r CLIENT TRACKING ON PREFIX a; r CLIENT TRACKING ON BCAST PREFIX a; r CLIENT TRACKINGINFO"},
	{"CLIENT TRACKING ON BCAST PREFIX mark NOLOOP", "r CLIENT TRACKING ON BCAST PREFIX ma; r CLIENT TRACKING ON BCAST PREFIX p PREFIX p1; r CLIENT TRACKINGINFO"},
	{"CLIENT TRACKING ON OPTIN OPTOUT", "r CLIENT TRACKINGINFO; r CLIENT GETREDIR; r CLIENT CACHING maybe; r CLIENT TRACKING OFF OPTOUT; r CLIENT TRACKING ON BCAST PREFIX; r CLIENT TRACKING ON"},
}

// TestTrackingModesAsRedis has the same conversations with a real redis-server and with the product:
// the replies and what is told of changes must be the same.
func TestTrackingModesAsRedis(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	server, store := startServer(t), startRedis(t)
	for _, test := range trackingCases {
		t.Run(test.on+": "+test.lines, func(t *testing.T) {
			talk := func(addr string) (told, replies []string) {
				reader, writer := &tracking{client: connect(t, addr)}, connect(t, addr)
				defer reader.close()
				writer.mustReply(t, "FLUSHALL")
				reader.mustReply(t, "HELLO", "3")
				replies = append(replies, reader.ask(t, test.on))
				for line := range strings.SplitSeq(test.lines, "; ") {
					if command, reads := strings.CutPrefix(line, "r "); reads {
						replies = append(replies, reader.ask(t, command))
					} else {
						replies = append(replies, writer.mustReply(t, words(line[2:])...).raw)
					}
				}
				reader.ask(t, "CLIENT CACHING YES")
				reader.ask(t, "SCARD mark")
				writer.mustReply(t, words("SADD mark 1")...)
				return reader.until(t, "mark"), replies
			}
			told, replies := talk(server.addr)
			wantTold, wantReplies := talk(store.addr)
			if !slices.Equal(told, wantTold) {
				t.Errorf("told of %q, Redis tells of %q", told, wantTold)
			}
			if !slices.Equal(replies, wantReplies) {
				t.Errorf("replied       %q\nredis replies %q", replies, wantReplies)
			}
		})
	}
}

// TestTracking_NothingInRESP2: there is no form for an invalidation in RESP2, in which one would be
// taken for a reply; back in RESP3 what was asked for holds again.
func TestTracking_NothingInRESP2(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	writer := connect(t, s.addr)
	for _, mode := range []string{"", "OPTOUT", "BCAST", "BCAST PREFIX a PREFIX mark"} {
		reader := &tracking{client: connect(t, s.addr)}
		for _, line := range []string{"HELLO 2", "CLIENT TRACKING ON " + mode, "HELLO 3", "SCARD a", "HELLO 2", "SCARD a"} {
			reader.ask(t, line)
		}
		writer.mustReply(t, words("SADD a 1")...)
		for range 3 {
			if r := reader.ask(t, "PING"); r != simple("PONG") {
				t.Fatalf("%s: PING replied %q", mode, r)
			}
		}
		if reader.told = nil; reader.ask(t, "HELLO 3") == "" {
			t.Fatal("no HELLO")
		}
		reader.ask(t, "SCARD mark")
		writer.mustReply(t, words("SADD a 2")...)
		writer.mustReply(t, words("SADD mark 1")...)
		want := []string{"a"}
		if !strings.HasPrefix(mode, "BCAST") {
			want = nil
		}
		if told := reader.until(t, "mark"); !slices.Equal(told, want) {
			t.Errorf("%s: told of %q", mode, told)
		}
		writer.mustReply(t, "FLUSHALL")
		reader.close()
	}
}

// TestTracking_BroadcastsBatches: many changes of the same prefix in one batch are told once, so that
// who listens keeps up with a writer that sends pipelines.
func TestTracking_BroadcastsBatches(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	reader, writer := &tracking{client: connect(t, s.addr)}, connect(t, s.addr)
	reader.ask(t, "HELLO 3")
	reader.ask(t, "CLIENT TRACKING ON BCAST")
	const changes = 20_000
	for i := range changes {
		writer.send("PT.CLAIMNEXT", []string{"a:", "b:"}[i%2])
	}
	for range changes {
		if _, err := writer.receive(); err != nil {
			t.Fatal(err)
		}
	}
	writer.mustReply(t, words("SADD mark 1")...)
	if told := reader.until(t, "mark"); len(told) < 2 || len(told) > changes/10 || !slices.Contains(told, "a:") || !slices.Contains(told, "b:") {
		t.Errorf("told %d times of %d changes", len(told), changes)
	}
}

// TestTracking_PrefixesAreBounded: what a client has the server keep and look at is bounded.
func TestTracking_PrefixesAreBounded(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	many := "CLIENT TRACKING ON BCAST"
	for i := range 65 {
		many += " PREFIX " + string(rune('A'+i/26)) + string(rune('a'+i%26)) + ":"
	}
	const refused = "ERR too many prefixes: a client has at most 64 of 4096 bytes together"
	c.mustDo(t, many, failure(refused))
	c.mustDo(t, "CLIENT TRACKING ON BCAST PREFIX "+strings.Repeat("x", 4097), failure(refused))
	c.mustDo(t, "CLIENT TRACKING ON BCAST PREFIX "+strings.Repeat("x", 4000), simple("OK"))
	c.mustDo(t, "CLIENT TRACKING ON BCAST PREFIX "+strings.Repeat("y", 97), failure(refused))
	c.mustDo(t, "CLIENT TRACKING ON BCAST PREFIX y", simple("OK"))
}
