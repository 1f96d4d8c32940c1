package integration_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// These tests pipeline: a connection that waits for each reply leaves the server idle, and
// claims that never meet show nothing.

// TestNoIDHasTwoOwners claims and releases on 16 connections in overlapping ranges. The
// clients keep a table of owners: an ID is marked when a claim's reply arrives and unmarked
// before its PT.REM leaves, so a claim that replies a marked ID has handed it out twice.
func TestNoIDHasTwoOwners(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	const space, rounds = 3000, 400
	owned := newIDSet(space)

	withConnections(t, 16, s.addr, func(worker int, c *client) error {
		random := rand.New(rand.NewPCG(2, uint64(worker)))
		var mine []uint64
		for range rounds {
			// At most 150 are kept, so that 16 workers fill most of the space but can always go on.
			random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			keep := min(len(mine), random.IntN(150))
			releases := sendReleases(c, owned, mine[keep:])
			mine = mine[:keep]
			claims := sendClaims(c, random, space)

			for _, n := range releases {
				if r, err := c.receive(); err != nil || r.raw != integer(n) {
					return fmt.Errorf("PT.REM of %d owned IDs replied %q, %v", n, r.raw, err)
				}
			}
			for _, claim := range claims {
				r, err := c.receive()
				if err != nil {
					return err
				}
				ids, err := claim.granted(r)
				if err != nil {
					return err
				}
				for _, id := range ids {
					if err := owned.add(id); err != nil {
						return err
					}
				}
				mine = append(mine, ids...)
			}
		}
		return nil
	})

	c := connect(t, s.addr)
	c.mustDo(t, "PT.COUNT own:", integer(owned.count()))
	existing := newIDSet(space)
	if err := existing.addAll(scanAll(t, c, "PT.SCAN own: %s COUNT 500")); err != nil {
		t.Fatal(err)
	}
	existing.mustEqual(t, owned)
}

// sendReleases gives up IDs in commands of at most 10 and returns how many each must remove.
func sendReleases(c *client, owned *idSet, ids []uint64) (sizes []int) {
	for len(ids) > 0 {
		n := min(len(ids), 10)
		args := []string{"PT.REM", "own:"}
		for _, id := range ids[:n] {
			owned.remove(id)
			args = append(args, strconv.FormatUint(id, 10))
		}
		c.send(args...)
		sizes = append(sizes, n)
		ids = ids[n:]
	}
	return sizes
}

// claimRequest is a claim on its way: of a range, or of one ID by PT.CLAIM.
type claimRequest struct {
	first, end uint64
	oneID      bool
}

func sendClaims(c *client, random *rand.Rand, space uint64) (sent []claimRequest) {
	for range 12 {
		first := random.Uint64N(space)
		end := first + 1 + random.Uint64N(space-first)
		bounds := []string{"RANGE", strconv.FormatUint(first, 10), strconv.FormatUint(end, 10)}
		claim := claimRequest{first, end, false}
		switch random.IntN(4) {
		case 0:
			c.send(append([]string{"PT.CLAIMNEXT", "own:"}, bounds...)...)
		case 1:
			claim.oneID = true
			c.send("PT.CLAIM", "own:", bounds[1])
		default:
			count := strconv.Itoa(1 + random.IntN(80))
			c.send(append([]string{"PT.CLAIMNEXT", "own:", "COUNT", count}, bounds...)...)
		}
		sent = append(sent, claim)
	}
	return sent
}

// granted is the IDs that the reply to a claim hands out.
func (claim claimRequest) granted(r reply) ([]uint64, error) {
	var texts []string
	switch {
	case claim.oneID && r.raw == integer(1):
		return []uint64{claim.first}, nil
	case claim.oneID && r.raw == integer(0), r.raw == null2:
		return nil, nil
	case r.kind == ':' && !claim.oneID:
		texts = []string{r.text}
	case r.kind == '*':
		texts = r.texts()
	default:
		return nil, fmt.Errorf("a claim replied %.200q", r.raw)
	}
	var ids []uint64
	for _, text := range texts {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil || id < claim.first || id >= claim.end {
			return nil, fmt.Errorf("id %q is outside [%d, %d)", text, claim.first, claim.end)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// TestOneWinnerPerID is the check-then-set race: everybody claims the same IDs, and each has
// one winner.
func TestOneWinnerPerID(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	const space, batch = 60_000, 500
	winners := newIDSet(space)
	withConnections(t, 16, s.addr, func(worker int, c *client) error {
		random := rand.New(rand.NewPCG(3, uint64(worker)))
		for first := 0; first < space; first += batch {
			// In an order of its own, for else the first to come wins all and nobody meets.
			order := random.Perm(batch)
			for _, i := range order {
				c.send("PT.CLAIM", "race:", strconv.Itoa(first+i))
			}
			for _, i := range order {
				r, err := c.receive()
				if err != nil {
					return err
				}
				if r.raw == integer(1) {
					if err := winners.add(uint64(first + i)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if n := winners.count(); n != space {
		t.Fatalf("%d of %d IDs have a winner", n, space)
	}
	connect(t, s.addr).mustDo(t, "PT.COUNT race:", integer(space))
}

func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// TestNeighboursHideNoFreeID gives each of 16 connections a range of its own that nobody else
// touches, with words and summaries shared or not: a claim of all of it must be granted in
// full every time, whatever the neighbours fill and free meanwhile.
func TestNeighboursHideNoFreeID(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for _, test := range []struct{ base, size, rounds int }{
		{0, 3, 50},
		{0, 64, 30},
		{10_000, 10, 50},      // words shared by neighbours
		{1 << 20, 64, 50},     // a word each, in one summary word
		{1<<18 - 500, 64, 50}, // across two chunks, words shared
		{1 << 20, 4096, 3},    // a summary word each
	} {
		t.Run(fmt.Sprintf("base %d size %d", test.base, test.size), func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			withConnections(t, 16, s.addr, func(worker int, c *client) error {
				first := test.base + worker*test.size
				end := first + test.size
				bounds := []string{"COUNT", strconv.Itoa(test.size), "RANGE", strconv.Itoa(first), strconv.Itoa(end)}
				claim := append([]string{"PT.CLAIMNEXT", "n:"}, bounds...)
				take := append([]string{"PT.TAKENEXT", "n:"}, bounds...)
				var all []string
				for id := first; id < end; id++ {
					all = append(all, strconv.Itoa(id))
				}
				const pairs = 20
				for range test.rounds {
					for range pairs {
						c.send(claim...)
						c.send(take...)
					}
					for i := range 2 * pairs {
						r, err := c.receive()
						if err != nil {
							return err
						}
						// Beside competitors the order is not promised.
						ids := r.texts()
						slices.SortFunc(ids, byNumber)
						if !slices.Equal(ids, all) {
							return fmt.Errorf("%v replied %d IDs, not all of the range: %v", [][]string{claim, take}[i%2], len(ids), ids)
						}
					}
				}
				return nil
			})
			connect(t, s.addr).mustDo(t, "PT.COUNT n:", integer(0))
		})
	}
}
