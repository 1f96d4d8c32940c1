package integration_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestLogIsSmall: what changes cost in the log, by what it says its position is.
func TestLogIsSmall(t *testing.T) {
	t.Parallel()
	const apart = 1 << 30 // IDs among which random ones are drawn
	randomAdds := func(connections, pipeline, rounds int) func(t *testing.T, addr string) int {
		return func(t *testing.T, addr string) int {
			withConnections(t, connections, addr, func(worker int, c *client) error {
				random := rand.New(rand.NewPCG(1, uint64(worker)))
				for range rounds {
					for range pipeline {
						c.send("PT.ADD", "random:", strconv.Itoa(random.IntN(apart)))
					}
					for range pipeline {
						if _, err := c.receive(); err != nil {
							return err
						}
					}
				}
				return nil
			})
			return connections * pipeline * rounds
		}
	}
	claims := func(connections, rounds int) func(t *testing.T, addr string) int {
		return func(t *testing.T, addr string) int {
			withConnections(t, connections, addr, func(_ int, c *client) error {
				for range rounds {
					if ids, err := c.do("PT.CLAIMNEXT", "claimed:", "COUNT", "256", "RUNS"); err != nil || len(ids.items) == 0 {
						return err
					}
				}
				return nil
			})
			return connections * rounds * 256
		}
	}
	for name, test := range map[string]struct {
		do   func(t *testing.T, addr string) (ids int)
		most float64 // bytes per ID
	}{
		"random PT.ADD, pipelined by 16 on 16 connections": {randomAdds(16, 16, 40), 8},
		"random PT.ADD, pipelined by 128":                  {randomAdds(1, 128, 80), 8},
		"random PT.ADD, one at a time": { // each is a block with a head of its own
			randomAdds(1, 1, 500), 40},
		"PT.CLAIMNEXT COUNT 256":                    {claims(1, 100), .5},
		"PT.CLAIMNEXT COUNT 256, on 16 connections": {claims(16, 20), .5},
		"PT.ADDRANGE of 1,000,000,000 IDs": {func(t *testing.T, addr string) int {
			connect(t, addr).mustDo(t, "PT.ADDRANGE dense: 0 1000000000", integer(1_000_000_000))
			return 1_000_000_000
		}, 64 << 10 / 1e9},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, "--dir", t.TempDir(), "--max-memory", "2gb")
			c := connect(t, s.addr)
			before := infoField(t, c, "aof_position")
			ids := test.do(t, s.addr)
			grown := infoField(t, c, "aof_position") - before
			each := float64(grown) / float64(ids)
			t.Logf("%d bytes for %d IDs, %.6f for each", grown, ids, each)
			if grown == 0 || each > test.most {
				t.Errorf("%.6f bytes for each ID, want at most %.6f", each, test.most)
			}
		})
	}
}
