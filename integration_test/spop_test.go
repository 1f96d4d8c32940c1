package integration_test

import (
	"fmt"
	"testing"
)

// TestSPopEmptiesAPrefix is the work queue of programs that know Redis sets only: many connections
// pop from one prefix, each with pages on the way, until nothing is left. Every ID comes to one of
// them, once.
func TestSPopEmptiesAPrefix(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const ids, connections, pages = 1_000_000, 50, 8
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, fmt.Sprintf("PT.ADDRANGE p: 0 %d", ids), integer(ids))

	popped := newIDSet(ids)
	withConnections(t, connections, s.addr, func(_ int, c *client) error {
		for done := false; !done; {
			for range pages {
				c.send("SPOP", "p:", "100")
			}
			for range pages {
				r, err := c.receive()
				if err != nil {
					return err
				}
				if r.kind != '*' || len(r.items) > 100 {
					return fmt.Errorf("SPOP replied %.200q", r.raw)
				}
				if err := popped.addAll(r.texts()); err != nil {
					return err
				}
				// IDs are never added here: whoever finds nothing will find nothing later.
				done = done || len(r.items) == 0
			}
		}
		return nil
	})
	if n := popped.count(); n != ids {
		t.Errorf("%d IDs were popped, want %d", n, ids)
	}
	c.mustDo(t, "PT.COUNT p:", integer(0))
	c.mustDo(t, "SPOP p: 100", array())
	c.mustDo(t, "SPOP p:", null2)
}
