package integration_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/valkey-io/valkey-go"
)

// cachingClient is a Go library with a client-side cache: it connects with CLIENT TRACKING ON OPTIN
// and does without the connection when that is refused.
type cachingClient struct {
	do       func(ctx context.Context, args ...string) answer
	batch    func(ctx context.Context, commands [][]string) []answer // on a connection of its own
	pipeline func(ctx context.Context, commands [][]string) []answer
	// cached asks the cache first, which may keep the reply for an hour; untimed leaves the PTTL
	// out, which a cached read otherwise asks for in the same transaction.
	cached func(ctx context.Context, untimed bool, name, key string, args ...string) answer
}

// answer is a reply as the library decodes it: a null is an error.
type answer struct {
	value any
	err   error
}

func (a answer) String() string { return fmt.Sprintf("%v, %v", a.value, a.err) }

func answerOf(value any, err error) answer { return answer{value, err} }

func answersOf[R interface{ ToAny() (any, error) }](results []R) (all []answer) {
	for _, r := range results {
		all = append(all, answerOf(r.ToAny()))
	}
	return all
}

func buildAll[C any](commands [][]string, build func(args ...string) C) (all []C) {
	for _, args := range commands {
		all = append(all, build(args...))
	}
	return all
}

func (a answer) is(value any) bool { return a.err == nil && a.value == value }

func rueidisClient(t *testing.T, addr, name string) cachingClient {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{addr}, ClientName: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	build := func(args ...string) rueidis.Completed { return client.B().Arbitrary(args...).Build() }
	return cachingClient{
		do: func(ctx context.Context, args ...string) answer {
			return answerOf(client.Do(ctx, build(args...)).ToAny())
		},
		pipeline: func(ctx context.Context, commands [][]string) []answer {
			return answersOf(client.DoMulti(ctx, buildAll(commands, build)...))
		},
		batch: func(ctx context.Context, commands [][]string) (all []answer) {
			err := client.Dedicated(func(c rueidis.DedicatedClient) error {
				all = answersOf(c.DoMulti(ctx, buildAll(commands, build)...))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			return all
		},
		cached: func(ctx context.Context, untimed bool, name, key string, args ...string) answer {
			command := rueidis.Cacheable(client.B().Arbitrary(name).Keys(key).Args(args...).Build())
			if untimed {
				command = command.ToStaticTTL()
			}
			return answerOf(client.DoCache(ctx, command, time.Hour).ToAny())
		},
	}
}

func valkeyClient(t *testing.T, addr, name string) cachingClient {
	t.Helper()
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{addr}, ClientName: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	build := func(args ...string) valkey.Completed { return client.B().Arbitrary(args...).Build() }
	return cachingClient{
		do: func(ctx context.Context, args ...string) answer {
			return answerOf(client.Do(ctx, build(args...)).ToAny())
		},
		pipeline: func(ctx context.Context, commands [][]string) []answer {
			return answersOf(client.DoMulti(ctx, buildAll(commands, build)...))
		},
		batch: func(ctx context.Context, commands [][]string) (all []answer) {
			err := client.Dedicated(func(c valkey.DedicatedClient) error {
				all = answersOf(c.DoMulti(ctx, buildAll(commands, build)...))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			return all
		},
		cached: func(ctx context.Context, untimed bool, name, key string, args ...string) answer {
			command := valkey.Cacheable(client.B().Arbitrary(name).Keys(key).Args(args...).Build())
			if untimed {
				command = command.ToStaticTTL()
			}
			return answerOf(client.DoCache(ctx, command, time.Hour).ToAny())
		},
	}
}

var cachingClients = map[string]func(t *testing.T, addr, name string) cachingClient{
	"rueidis": rueidisClient, "valkey-go": valkeyClient,
}

// TestCachingClients runs the five checks with what these libraries start with: RESP3, the cache on.
func TestCachingClients(t *testing.T) {
	t.Parallel()
	for library, newClient := range cachingClients {
		t.Run(library, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := startServer(t)
			if got := newClient(t, s.addr, "").do(ctx, "PING"); !got.is("PONG") {
				t.Errorf("PING: %v", got)
			}
			client := newClient(t, s.addr, "loader")
			if got := client.do(ctx, "CLIENT", "GETNAME"); !got.is("loader") {
				t.Errorf("CLIENT GETNAME: %v", got)
			}

			var claims [][]string
			for range 1000 {
				claims = append(claims, words("PT.CLAIMNEXT pipe:"))
			}
			for i, got := range client.pipeline(ctx, claims) {
				if !got.is(int64(i)) {
					t.Fatalf("reply %d of the pipeline: %v", i, got)
				}
			}

			transaction := client.batch(ctx, [][]string{words("MULTI"), words("PT.ADD tx: 0 7"), words("PT.INFO tx:"),
				words("PT.CLAIMNEXT tx: KEYS"), words("CLIENT GETNAME"), words("EXEC")})
			replies, _ := transaction[5].value.([]any)
			if len(replies) != 4 || replies[0] != int64(2) || replies[2] != "tx:000000000001" || replies[3] != "loader" {
				t.Fatalf("the transaction: %v", transaction)
			}
			// As a map, which only RESP3 has.
			if info, _ := replies[1].(map[string]any); info["count"] != int64(2) {
				t.Errorf("PT.INFO: %v", replies[1])
			}

			badID := strings.TrimPrefix(strings.Trim(badID, "-\r\n"), "ERR ") // the libraries leave ERR out
			if got := client.do(ctx, words("PT.ADD vec: -1")...); got.err == nil || got.err.Error() != badID {
				t.Errorf("PT.ADD -1: %v", got)
			}
			if got := client.do(ctx, words("PT.CLAIMNEXT vec: RANGE 0 0")...); !errors.Is(got.err, rueidis.Nil) && !errors.Is(got.err, valkey.Nil) {
				t.Errorf("PT.CLAIMNEXT of nothing: %v, want the library's Nil", got)
			}
		})
	}
}

// TestCachedReadsAreNeverStale reads through the client's cache while another connection changes
// what is read. The libraries keep a reply even when CLIENT CACHING was refused, and for an hour
// here if the server does not tell them of the change: so it has to tell, or the read has to fail.
func TestCachedReadsAreNeverStale(t *testing.T) {
	t.Parallel()
	cases := []struct {
		set, clear string
		read       []string
		untimed    bool
		values     [2]any // after clear and after set; 0 and 1 if nil
	}{
		{set: "PT.ADD vec: 7", clear: "PT.REM vec: 7", read: words("PT.EXISTS vec: 7")},
		{set: "PT.ADD vec: 7", clear: "PT.REM vec: 7", read: words("PT.EXISTS vec: 7"), untimed: true},
		{set: "PT.CLAIMNEXT vec:", clear: "PT.TAKENEXT vec:", read: words("PT.COUNT vec:")},
		{set: "PT.ADDKEY vec:000000000007", clear: "PT.CLEAR vec:", read: words("PT.COUNT vec:")},
		{set: "PT.MCLAIM vec: 7", clear: "PT.REMKEY vec:000000000007", read: words("PT.EXISTS vec: 7")},
		{set: "PT.ADDRANGE vec: 0 9", clear: "PT.REMRANGE vec: 0 9", read: words("PT.EXISTS vec: 7")},
		{set: "SADD vec: 7", clear: "SPOP vec:", read: words("SISMEMBER vec: 7")},
		{set: "PT.CREATE vec:", clear: "PT.DROP vec:", read: words("EXISTS vec:")},
		{set: "PT.CREATE vec:", clear: "FLUSHALL", read: words("EXISTS vec:")},
		{set: "SETBIT vec: 7 1", clear: "SETBIT vec: 7 0", read: words("GETBIT vec: 7")},
		{set: "PT.CREATE vec:", clear: "PT.DROP vec:", read: words("PT.PARSE vec:000000000007"),
			values: [2]any{[]any{nil}, []any{[]any{"vec:", int64(7)}}}},
	}
	for library, newClient := range cachingClients {
		t.Run(library, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
			defer cancel()
			s := startServer(t)
			for _, test := range cases {
				writer, client := connect(t, s.addr), newClient(t, s.addr, "")
				writer.mustReply(t, "FLUSHALL")
				writer.mustDo(t, "PT.CREATE vec:", simple("OK"))
				values := test.values
				if values == [2]any{} {
					values = [2]any{int64(0), int64(1)}
				}
				// An error reply is a clean end; a connection that goes away or a timeout is not.
				reads := func(want any) bool {
					got := client.cached(ctx, test.untimed, test.read[0], test.read[1], test.read[2:]...)
					_, refused := rueidis.IsRedisErr(got.err)
					_, refusedToo := valkey.IsValkeyErr(got.err)
					if got.err != nil && !refused && !refusedToo {
						t.Fatalf("the cached %v failed with %v", test.read, got.err)
					}
					return got.err != nil || reflect.DeepEqual(got.value, want)
				}
				for round := range 20 {
					for i, change := range []string{test.clear, test.set} {
						want := values[i]
						if r := writer.mustReply(t, words(change)...); r.kind == '-' {
							t.Fatalf("%s replied %q", change, r.raw)
						}
						eventually(t, fmt.Sprintf("the cached %v (untimed %t) is %v in round %d, after %s", test.read, test.untimed, want, round, change),
							func() bool { return reads(want) })
						if !reads(want) { // now from the cache, if there is one
							t.Fatalf("the cached %v is not %v any more", test.read, want)
						}
					}
				}
			}
		})
	}
}

// TestCachedReadsBesideWrites changes prefixes while they are read into the cache. A client takes
// an invalidation that comes before the reply for one of an older reply, and keeps the reply.
func TestCachedReadsBesideWrites(t *testing.T) {
	t.Parallel()
	const rounds, prefixes = 100, 50
	for library, newClient := range cachingClients {
		t.Run(library, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
			defer cancel()
			s := startServer(t)
			writer, client := connect(t, s.addr), newClient(t, s.addr, "")
			read := func(round, prefix int) answer {
				return client.cached(ctx, true, "PT.EXISTS", fmt.Sprintf("%d:%d:", round, prefix), "7")
			}
			for round := range rounds {
				inParallel(t, prefixes+1, func(worker int) error {
					if worker < prefixes {
						return read(round, worker).err
					}
					for prefix := range prefixes {
						writer.send("PT.ADD", fmt.Sprintf("%d:%d:", round, prefix), "7")
					}
					for range prefixes {
						if r, err := writer.receive(); err != nil || r.raw != integer(1) {
							return fmt.Errorf("PT.ADD: %q, %w", r.raw, err)
						}
					}
					return nil
				})
				for prefix := range prefixes {
					eventually(t, fmt.Sprintf("the cached read of prefix %d is 1 in round %d", prefix, round),
						func() bool { return read(round, prefix).is(int64(1)) })
				}
			}
		})
	}
}
