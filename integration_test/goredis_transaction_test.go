package integration_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// TestGoRedisTransaction is MULTI and EXEC as Go programs send them: the replies of a transaction
// come back to their commands, an error among them to its own command only.
func TestGoRedisTransaction(t *testing.T) {
	t.Parallel()
	for _, protocol := range []int{0, 2} {
		t.Run(fmt.Sprintf("protocol %d", protocol), func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			ctx := t.Context()
			client := redis.NewClient(&redis.Options{Addr: s.addr, Protocol: protocol, ClientName: "loader"})
			t.Cleanup(func() { client.Close() })

			var name *redis.StringCmd
			var added, claimed, mistake, key *redis.Cmd
			_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
				name = p.ClientGetName(ctx)
				added = p.Do(ctx, "PT.ADD", "tx:", 0, 7)
				claimed = p.Do(ctx, "PT.CLAIM", "tx:", 7)
				mistake = p.Do(ctx, "PT.ADD", "tx:", -1)
				key = p.Do(ctx, "PT.CLAIMNEXT", "tx:", "KEYS")
				return nil
			})
			badID := strings.Trim(badID, "-\r\n")
			if err == nil || err.Error() != badID {
				t.Errorf("the transaction's first error is %v, want %s", err, badID)
			}
			if got, err := name.Result(); err != nil || got != "loader" {
				t.Errorf("CLIENT GETNAME: %q, %v", got, err)
			}
			if n, err := added.Int(); err != nil || n != 2 {
				t.Errorf("PT.ADD: %d, %v", n, err)
			}
			if n, err := claimed.Int(); err != nil || n != 0 {
				t.Errorf("PT.CLAIM: %d, %v", n, err)
			}
			if err := mistake.Err(); err == nil || err.Error() != badID {
				t.Errorf("PT.ADD -1: %v", err)
			}
			if got, err := key.Text(); err != nil || got != "tx:000000000001" {
				t.Errorf("PT.CLAIMNEXT: %q, %v", got, err)
			}

			// A command that cannot be queued takes all of them with it.
			_, err = client.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Do(ctx, "PT.ADD", "tx:", 100)
				p.Do(ctx, "PT.ADD", "tx:")
				return nil
			})
			var refused redis.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "EXECABORT") {
				t.Errorf("a transaction that cannot be queued: %v", err)
			}
			if n, err := client.Do(ctx, "PT.EXISTS", "tx:", 100).Int(); err != nil || n != 0 {
				t.Errorf("PT.EXISTS after EXECABORT: %d, %v", n, err)
			}
		})
	}
}
