package integration_test

import (
	"context"
	"fmt"
	"os/exec"
	"testing"

	"github.com/redis/go-redis/v9"
)

// TestGoRedisCache reads a set through the library's own cache, which asks for the default mode of
// CLIENT TRACKING, while another connection changes it.
func TestGoRedisCache(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
	defer cancel()
	s := startServer(t)
	cache := redis.NewLocalCache(redis.CacheConfig{MaxEntries: 100})
	client := redis.NewClient(&redis.Options{Addr: s.addr, Protocol: 3, ClientSideCache: cache})
	defer client.Close()
	writer := connect(t, s.addr)
	for round := range 50 {
		for i, change := range []string{"SADD vec: 7", "SREM vec: 7"} {
			want := i == 0
			writer.mustDo(t, change, integer(1))
			read := func() bool {
				got, err := client.SIsMember(ctx, "vec:", 7).Result()
				if err != nil {
					t.Fatal(err)
				}
				return got == want
			}
			eventually(t, fmt.Sprintf("the cached SISMEMBER is %t in round %d", want, round), read)
			if !read() {
				t.Fatalf("the cached SISMEMBER is not %t any more", want)
			}
		}
	}
	if stats := cache.Stats(); stats.Hits < 100 {
		t.Errorf("the cache was of no use: %+v", stats)
	}
	if infoField(t, writer, "tracking_clients") == 0 {
		t.Error("the library does not track")
	}
}

// TestNodeRedisCache does the same with node-redis.
func TestNodeRedisCache(t *testing.T) {
	t.Parallel()
	requireNodeLibrary(t, "node-redis-cache")
	s := startServer(t)
	if output, code := runCommand(t, exec.Command("node", "node/node-redis-cache.js", s.port)); code != 0 || output != "hits true\n" {
		t.Errorf("exited with %d and printed\n%s", code, output)
	}
}

// TestHello_LetsCachesOn: redis-py turns its cache on for a server that calls itself Redis, of 7.4 or
// later.
func TestHello_LetsCachesOn(t *testing.T) {
	t.Parallel()
	c := connect(t, startServer(t).addr)
	hello := c.mustReply(t, "HELLO", "3")
	server, version := hello.field(t, "server").text, hello.field(t, "version").text
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || server != "redis" || major*100+minor < 704 {
		t.Errorf("HELLO says %s %s", server, version)
	}
}
