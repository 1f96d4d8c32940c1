package integration_test

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var (
	killsWanted = flag.Int("kills", 40, "how often the servers of TestKill are killed")
	idsWanted   = flag.Uint64("killed-ids", 0, "how many IDs they are to hand out at least")
	killSeed    = flag.Uint64("kill-seed", 1, "of what TestKill draws")
)

// TestKill kills a server at any moment, under work of all kinds, at its start and while it writes bases,
// and starts it again. Each change that a client was told of is there, no ID is handed out twice, and what
// is gone without anybody being told was under way. Three in four of the kills are with everysec.
func TestKill(t *testing.T) {
	t.Parallel()
	for policy, share := range map[string]int{"everysec": 3, "always": 1} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			k := newKilled(t, policy, *killSeed)
			kills := *killsWanted * share / 4
			if testing.Short() {
				kills = min(kills, 5*share)
			}
			began, said := time.Now(), time.Now()
			for k.kills < kills || k.handedOut() < *idsWanted*uint64(share)/4 {
				if err := k.life(t, 300*time.Millisecond); err != nil {
					t.Fatalf("seed %d, life %d: %v", *killSeed, k.lives, err)
				}
				if time.Since(said) > 10*time.Second {
					said = time.Now()
					fmt.Printf("%s, %v: %s\n", policy, time.Since(began).Round(time.Second), k)
				}
			}
			if err := k.life(t, time.Millisecond); err != nil { // what the last kill has left
				t.Fatal(err)
			}
			t.Logf("%v: %s", time.Since(began).Round(time.Second), k)
		})
	}
}

// handedOut is how many IDs were claimed or taken, by replies that came.
func (k *killed) handedOut() (n uint64) {
	for _, p := range k.pools() {
		n += p.given
	}
	return n
}

func (k *killed) String() string {
	acks, ids := uint64(0), uint64(0)
	for _, w := range k.workers {
		acks += w.acks
		ids += w.ids
	}
	return fmt.Sprintf("%d kills, %d of them after BGREWRITEAOF and %d at the start; %d acknowledgements, %d IDs handed out, %d in all; %d lost, 0 twice, %d leaked of %d in flight",
		k.kills, k.amidRewrites, k.amidStarts, acks, k.handedOut(), ids, k.lost, k.leaked, k.inFlight)
}
