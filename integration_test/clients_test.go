package integration_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// goRedisLog takes what go-redis would print to standard error: a client that connects
// without a warning prints nothing.
type goRedisLog struct{ outputBuffer }

func (l *goRedisLog) Printf(_ context.Context, format string, v ...any) {
	fmt.Fprintf(l, format+"\n", v...)
}

// TestGoRedis does not run in parallel: go-redis has one logger for the whole process.
func TestGoRedis(t *testing.T) {
	for _, options := range []redis.Options{
		{}, // what everybody starts with: RESP3
		{Protocol: 2},
		{Protocol: 3, ClientName: "loader"},
	} {
		t.Run(fmt.Sprintf("protocol %d name %q", options.Protocol, options.ClientName), func(t *testing.T) {
			var log goRedisLog
			redis.SetLogger(&log)
			s := startServer(t)
			options.Addr = s.addr
			client := redis.NewClient(&options)
			t.Cleanup(func() { client.Close() })

			goRedisConnects(t, client, options.ClientName)
			goRedisReplies(t, client)
			goRedisPipelines(t, client)
			if printed := log.String(); printed != "" {
				t.Errorf("go-redis printed:\n%s", printed)
			}
		})
	}
}

func goRedisConnects(t *testing.T, client *redis.Client, name string) {
	t.Helper()
	ctx := t.Context()
	if pong, err := client.Ping(ctx).Result(); err != nil || pong != "PONG" {
		t.Fatalf("PING: %q, %v", pong, err)
	}
	if text, err := client.Echo(ctx, "a\r\nb").Result(); err != nil || text != "a\r\nb" {
		t.Errorf("ECHO: %q, %v", text, err)
	}
	if id, err := client.ClientID(ctx).Result(); err != nil || id < 1 {
		t.Errorf("CLIENT ID: %d, %v", id, err)
	}
	if got, err := client.ClientGetName(ctx).Result(); got != name || (name != "" && err != nil) {
		t.Errorf("CLIENT GETNAME: %q, %v, want %q", got, err, name)
	}
	if info, err := client.Info(ctx).Result(); err != nil || !strings.Contains(info, "redis_version:") {
		t.Errorf("INFO: %q, %v", info, err)
	}
	commands, err := client.Command(ctx).Result()
	if err != nil {
		t.Fatalf("COMMAND: %v", err)
	}
	if add := commands["pt.add"]; add == nil || add.FirstKeyPos != 1 || add.Arity != -3 || add.ReadOnly {
		t.Errorf("COMMAND says of pt.add: %+v", add)
	}
	if exists := commands["pt.exists"]; exists == nil || exists.Arity != 3 || !exists.ReadOnly {
		t.Errorf("COMMAND says of pt.exists: %+v", exists)
	}
}

func goRedisReplies(t *testing.T, client *redis.Client) {
	t.Helper()
	ctx := t.Context()
	do := func(line string) *redis.Cmd {
		var args []any
		for _, word := range words(line) {
			args = append(args, word)
		}
		return client.Do(ctx, args...)
	}
	if text, err := do("PT.CREATE vec: MAXID 10").Text(); err != nil || text != "OK" {
		t.Errorf("PT.CREATE: %q, %v", text, err)
	}
	if n, err := client.Do(ctx, "PT.ADD", "vec:", 0, uint64(3)).Int(); err != nil || n != 2 {
		t.Errorf("PT.ADD: %d, %v", n, err)
	}
	if exists, err := do("PT.EXISTS vec: 3").Bool(); err != nil || !exists {
		t.Errorf("PT.EXISTS: %t, %v", exists, err)
	}
	if id, err := do("PT.CLAIMNEXT vec:").Int64(); err != nil || id != 1 {
		t.Errorf("PT.CLAIMNEXT: %d, %v", id, err)
	}
	if key, err := do("PT.CLAIMNEXT vec: KEYS").Text(); err != nil || key != "vec:000000000002" {
		t.Errorf("PT.CLAIMNEXT KEYS: %q, %v", key, err)
	}
	if ids, err := do("PT.CLAIMNEXT vec: COUNT 100").Int64Slice(); err != nil || !slices.Equal(ids, []int64{4, 5, 6, 7, 8, 9}) {
		t.Errorf("PT.CLAIMNEXT COUNT: %v, %v", ids, err)
	}
	if ids, err := do("PT.CLAIMNEXT vec: COUNT 100").Slice(); err != nil || len(ids) != 0 {
		t.Errorf("PT.CLAIMNEXT COUNT past the end: %v, %v", ids, err)
	}
	if v, err := do("PT.CLAIMNEXT vec:").Result(); !errors.Is(err, redis.Nil) {
		t.Errorf("PT.CLAIMNEXT past the end: %v, %v, want redis.Nil", v, err)
	}
	page, err := do("PT.SCAN vec: 0 KEYS COUNT 2 RANGE 4 6").Slice()
	if err != nil || len(page) != 2 || page[0] != "0" ||
		!slices.Equal(page[1].([]any), []any{"vec:000000000004", "vec:000000000005"}) {
		t.Errorf("PT.SCAN: %v, %v", page, err)
	}
	if err := do("PT.ADD vec: -1").Err(); err == nil || err.Error()+"\r\n" != strings.TrimPrefix(badID, "-") {
		t.Errorf("PT.ADD -1: %v", err)
	}

	// As a typed command, the way a program wraps one it uses often.
	info := redis.NewMapStringInterfaceCmd(ctx, "PT.INFO", "vec:")
	if err := client.Process(ctx, info); err != nil || fmt.Sprint(info.Val()["count"]) != "10" {
		t.Errorf("PT.INFO: %v, %v", info.Val(), err)
	}
}

func goRedisPipelines(t *testing.T, client *redis.Client) {
	t.Helper()
	const batch = 1000
	var replies []*redis.Cmd
	_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for range batch {
			replies = append(replies, p.Do(t.Context(), "PT.CLAIMNEXT", "pipe:"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range replies {
		if id, err := r.Int(); err != nil || id != i {
			t.Fatalf("reply %d of the pipeline is %d, %v", i, id, err)
		}
	}
}
