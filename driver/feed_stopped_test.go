//go:build unix

package driver

import (
	"strconv"
	"syscall"
	"testing"

	"github.com/prefixtracker/prefixtracker/workload"
)

// TestFeed_StoppedOwner: so does one that stands still until its leases are over, and goes on then, before or after others have
// done what it had.
func TestFeed_StoppedOwner(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		if name == "takes all, at ease" { // as half of them
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			for _, after := range []bool{false, true} {
				for _, stage := range stages[:3] {
					s.fresh(way.full)
					o := orders{Options: way.feedOrders}
					o.Options.Lease, o.Options.Alone, o.Options.Run = shortLease, true, stage+strconv.FormatBool(after)
					slow := o
					slow.Stop, slow.Stage = 2, stage
					stopped := s.start(slow)
					stopped.at(stage)
					stopped.signal(syscall.SIGSTOP)
					eventually(t, "its leases are over", func() bool {
						p, err := s.admin.Prefix(t.Context(), "vec:")
						return err == nil && p.Expired > 0
					})
					stopped.goOn()
					if !after {
						stopped.signal(syscall.SIGCONT)
					}
					other := s.start(o)
					others := other.ends()
					if after {
						stopped.signal(syscall.SIGCONT)
					}
					t.Log(stage, after, others, stopped.ends())
					s.agrees(way.left)
				}
			}
		})
	}
}

// TestFeed_LeaseLost says how many operations were done under a lease that had ended.
func TestFeed_LeaseLost(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.fresh(false)
	o := orders{Options: feedOrders{Way: workload.Claim, Lease: shortLease, Alone: true}, Stop: 1, Stage: "written"}
	p := s.start(o)
	p.at("written")
	p.signal(syscall.SIGSTOP)
	eventually(t, "its leases are over", func() bool {
		p, err := s.admin.Prefix(t.Context(), "vec:")
		return err == nil && p.Expired > 0
	})
	p.signal(syscall.SIGCONT)
	p.goOn()
	// What it has got again and done again before it has put that right is done twice, and was not lost.
	if got := p.ends(); int(got.Lost)+got.Done <= sceneIDs {
		t.Error(got)
	}
	s.agrees(sceneIDs)
}
