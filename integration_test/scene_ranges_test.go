package integration_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestScene9_Ranges: a range that is used up leaves others alone, no ID is left out at its edge, and what was given
// back is handed out again, the lowest first. (There is this one order: no other policy of reuse.)
func TestScene9_Ranges(t *testing.T) {
	s := newScene(t)
	s.admin.mustDo(t, "PT.CREATE vec: MAXID 10000", simple("OK"))
	claim := func(line string) []string { return s.admin.mustReply(t, words("PT.CLAIMNEXT vec: "+line)...).texts() }
	if got := len(claim("COUNT 2000 RANGE 5000 6000")); got != 1000 {
		t.Errorf("%d IDs from 5000 to 6000, want 1000", got)
	}
	if got := claim("COUNT 10 RANGE 5000 6000"); len(got) != 0 {
		t.Errorf("%v are left, want nothing", got)
	}
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1000 RANGE 70 200", integers(70, 200))
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 70 RANGE 0 1000", integers(0, 70))
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1 RANGE 0 1000", integers(200, 201))
	s.admin.mustDo(t, "PT.REM vec: 3 150", integer(2))
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 3", array(integer(3), integer(150), integer(201)))
	lease := s.admin.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 2 LEASE 60000")...)
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 1", integers(204, 205))
	s.admin.mustDo(t, fmt.Sprintf("PT.RELEASE %s 202", lease.items[0].text), integer(1))
	s.admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 2", array(integer(202), integer(205)))
}

// TestScene9_Overlapping: sixteen connections claim in ranges that overlap, with leases and without, and give back in
// all the ways there are. Nobody ever has what another one has.
func TestScene9_Overlapping(t *testing.T) {
	s := newScene(t)
	const space = 20_000
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", space), simple("OK"))
	owned := newIDSet(space)
	rounds := 100 + *sceneKeys/200
	withConnections(t, 16, s.tracker.addr, func(worker int, c *client) error {
		random := rand.New(rand.NewPCG(9, uint64(worker)))
		for range rounds {
			from := random.IntN(space)
			line := fmt.Sprintf("PT.CLAIMNEXT vec: COUNT %d RANGE %d %d", 1+random.IntN(300), from, from+random.IntN(3000))
			if err := overlap(c, random, owned, line); err != nil {
				return err
			}
		}
		return nil
	})
	s.admin.mustDo(t, "PT.COUNT vec:", integer(owned.count()))
	s.admin.mustDo(t, "PT.LEASES vec:", array())
}

// overlap claims, has the IDs for a while, and gives most of them back.
func overlap(c *client, random *rand.Rand, owned *idSet, line string) error {
	leased := random.IntN(2) == 0
	if leased {
		line += " LEASE 60000"
	}
	r, err := c.do(words(line)...)
	if err != nil || r.kind != '*' {
		return fmt.Errorf("%s replied %.100q, %w", line, r.raw, err)
	}
	token, given := "", r
	if leased {
		token, given = r.items[0].text, r.items[1]
	}
	ids := given.texts()
	if len(ids) == 0 {
		return nil
	}
	if err := owned.addAll(ids); err != nil {
		return err
	}
	back := func() { // before it is given back: from then on another one may have it
		for _, id := range ids {
			n, _ := strconv.ParseUint(id, 10, 64)
			owned.remove(n)
		}
	}
	commands := [][]string{append([]string{"PT.REM", "vec:"}, ids...)}
	switch random.IntN(4) {
	case 0:
		if !leased {
			return nil // for good
		}
		commands = [][]string{{"PT.RELEASE", token}}
	case 1:
		if leased {
			commands = [][]string{append([]string{"PT.RELEASE", token}, ids...)}
		}
	default:
		if leased {
			commands = append([][]string{{"PT.CONFIRM", token}}, commands...)
		}
	}
	back()
	for _, command := range commands {
		if r, err := c.do(command...); err != nil || r.raw != integer(len(ids)) {
			return fmt.Errorf("%.100q of %d IDs replied %.100q, %w", command, len(ids), r.raw, err)
		}
	}
	return nil
}
