package journal

import (
	"flag"
	"math/rand"
	"testing"
	"time"
)

var cuts = flag.Int("cuts", 20000, "images of a disk after a cut of the power")

// Whatever a cut of the power leaves, or the end of a process: what was
// acknowledged is there, as the policy promises, and no ID is claimed twice. Cuts
// come at any operation on files, within rewrites, backups and recoveries.
func TestPower_CutsLoseNothing(t *testing.T) {
	began := time.Now()
	for _, policy := range []Policy{EverySec, Always} {
		var found findings
		for seed := int64(1); found.images < *cuts/2; seed++ {
			m := &machine{rng: rand.New(rand.NewSource(seed)), policy: policy, disk: newRecorder(), found: &found}
			l, r, _, err := start(m.disk, policy, 0)
			if err != nil {
				t.Fatal(err)
			}
			m.run(l, r, 6)
			for i, wrong := range found.wrong {
				if i < 5 {
					t.Errorf("seed %d, policy %d: %s", seed, policy, wrong)
				}
			}
			if len(found.wrong) > 0 {
				break
			}
		}
		t.Logf("policy %d: %d images, %d of them of killed processes, %d of cuts within a recovery; %d with torn ends, %d with IDs skipped; %v",
			policy, found.images, found.kills, found.inRecovery, found.torn, found.quarantined, time.Since(began).Round(time.Millisecond))
	}
}
