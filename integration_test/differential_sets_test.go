package integration_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestSetsAndBitsAsRedis sends set and bit commands to a real redis-server and to the product and
// compares the replies byte for byte. Allowed differences, which the lines here avoid:
//   - a bit string of the product ends with its largest ID, a string of Redis with the largest that
//     ever was (so the largest bit is never cleared here);
//   - Redis keeps "007" and "7" as two members, refuses 007 as an offset, and takes any member at all;
//   - a key of Redis vanishes with its last member, a prefix stays;
//   - the texts of WRONGTYPE.
func TestSetsAndBitsAsRedis(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	server := startServer(t)
	store := startRedis(t)
	for _, protocol := range []string{"2", "3"} {
		redis, tracker := connect(t, store.addr), connect(t, server.addr)
		same := func(line string) {
			t.Helper()
			want, got := redis.mustReply(t, words(line)...).raw, tracker.mustReply(t, words(line)...).raw
			if want != got {
				t.Errorf("RESP%s %s\n replied       %q\n redis replies %q", protocol, line, got, want)
			}
		}
		for _, c := range []*client{redis, tracker} {
			c.mustReply(t, "HELLO", protocol)
			c.mustReply(t, "FLUSHALL")
		}
		for _, line := range []string{
			"SADD s 5 1 3 1", "SADD s", "SADD", "SCARD s", "SCARD none", "SCARD", "SISMEMBER s 1", "SISMEMBER s 2", "SISMEMBER none 1",
			"SMISMEMBER s 1 2 3", "SMISMEMBER s", "SMISMEMBER none 1 2", "SMEMBERS s", "SMEMBERS none", "SMEMBERS",
			"SSCAN s 0", "SSCAN s 0 MATCH [13]", "SSCAN s 0 COUNT 0", "SSCAN s 0 COUNT x", "SSCAN s 0 BOGUS 1", "SSCAN s", "SSCAN none 0", "SSCAN s x FOO", "SSCAN s 0 COUNT 5 COUNT 7 MATCH a MATCH *",
			"SRANDMEMBER none", "SRANDMEMBER none 5", "SRANDMEMBER s 0", "SRANDMEMBER s x", "SRANDMEMBER s 1 2", "SRANDMEMBER",
			"SRANDMEMBER s -9223372036854775808", "SRANDMEMBER none -9223372036854775808", "SRANDMEMBER s 9223372036854775808", "SRANDMEMBER s 01", "SRANDMEMBER s -0",
			"SSCAN s 18446744073709551616", "SSCAN none -1", "SSCAN none 99", "SSCAN s -", "SSCAN s 0 COUNT 01", "SSCAN s ''", "SPOP s 01", "TYPE s", "TYPE none", "SCAN 0 TYPE SET",
			"SPOP none", "SPOP none 5", "SPOP s 0", "SPOP s -1", "SPOP s x", "SPOP s 1 2", "SPOP",
			"SREM s 1 9", "SREM none 1", "SREM s", "SREM s 3", "SRANDMEMBER s", "SRANDMEMBER s 4", "SRANDMEMBER s -3", "SPOP s", "SPOP s", "SPOP s 3",
			"SETBIT b 1", "SETBIT b x 1", "SETBIT b -1 1", "SETBIT b 1 2", "SETBIT b 1 x", "SETBIT b 1.5 1",
			"GETBIT b", "GETBIT b x", "GETBIT b -1", "GETBIT none 5", "BITCOUNT none", "BITCOUNT", "BITPOS none 0", "BITPOS none 1",
			"BITPOS", "BITPOS b", "BITPOS none 2", "BITPOS none x", "EXISTS b",
			"BITPOS none 1 x", "BITPOS none 0 x", "BITPOS none 1 0 x", "BITPOS none 1 0 1 NO", "BITCOUNT none x", "BITCOUNT none 0", "BITCOUNT none 0 1 NO",
		} {
			same(line)
		}
		const largest = 1000
		r := rand.New(rand.NewPCG(5, 6))
		for _, key := range []string{"bits", "full"} {
			if key == "full" {
				for id := range 320 {
					same(fmt.Sprintf("SETBIT %s %d 1", key, id))
				}
			} else {
				same(fmt.Sprintf("SETBIT %s %d 1", key, largest))
			}
			at := func() string { return fmt.Sprint(r.IntN(300) - 150) }
			unit := func() string { return []string{"", " BIT", " BYTE", " byte"}[r.IntN(4)] }
			for range 1500 {
				if key == "bits" {
					same(fmt.Sprintf("SETBIT bits %d %d", r.IntN(largest), min(r.IntN(3), 1)))
				}
				same(fmt.Sprintf("GETBIT %s %d", key, r.IntN(largest+100)))
				same(fmt.Sprintf("BITCOUNT %s %s %s%s", key, at(), at(), unit()))
				same(fmt.Sprintf("BITPOS %s %d %s %s%s", key, r.IntN(2), at(), at(), unit()))
				same(fmt.Sprintf("BITPOS %s %d %s", key, r.IntN(2), at()))
			}
			for _, line := range []string{"BITCOUNT %s", "BITPOS %s 0", "BITPOS %s 1", "BITCOUNT %s 0", "BITCOUNT %s 0 x", "BITCOUNT %s x 0",
				"BITCOUNT %s 0 0 BOGUS", "BITCOUNT %s 0 0 BIT x", "BITPOS %s 1 x", "BITPOS %s 1 0 x", "BITPOS %s 1 0 0 BOGUS",
				"BITPOS %s 1 0 0 BIT x", "BITPOS %s 3", "BITPOS %s 2 0 -1 FOO", "BITPOS %s x 0 -1 FOO", "BITPOS %s 1 x y FOO", "BITCOUNT %s x y z", "BITCOUNT %s 0 -1 BYTE BIT",
				"BITCOUNT %s 0 -1 BIT BIT", "BITPOS %s 1 0 -1 BIT BYTE", "BITPOS %s 1 -1", "BITCOUNT %s 100000 200000", "BITPOS %s 0 100000 200000"} {
				same(strings.ReplaceAll(line, "%s", key))
			}
		}
	}
}
