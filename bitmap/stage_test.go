//go:build yield

package bitmap

import (
	"fmt"
	"testing"
)

// stage runs functions on the real code one at a time, from yield to yield, in
// the order a test decides. After each step B3 must hold. A test with a stage
// must not be parallel: what others do would be taken for its own.
type stage struct {
	t      *testing.T
	r      *root
	groups []uint64 // where B3 is looked at
	parts  []*part
	acting *part // nil while the test itself is at work
}

// part is one function on the stage.
type part struct {
	s     *stage
	on    chan struct{} // go on to the next yield
	off   chan struct{} // there, or at the end
	steps int
	ended bool
}

// newStage returns a stage for the bitmap b, which has the memory of these
// groups.
func newStage(t *testing.T, b *Bitmap, groups ...uint64) *stage {
	s := &stage{t: t, r: b.root.Load(), groups: groups}
	direct := func() {
		if p := s.acting; p != nil {
			p.off <- struct{}{}
			<-p.on
		}
	}
	director.Store(&direct)
	t.Cleanup(func() {
		s.finish()
		director.Store(nil)
	})
	return s
}

// enter puts f on the stage, before its first step.
func (s *stage) enter(f func()) *part {
	p := &part{s: s, on: make(chan struct{}), off: make(chan struct{})}
	s.parts = append(s.parts, p)
	go func() {
		<-p.on
		f()
		p.ended = true
		p.off <- struct{}{}
	}()
	return p
}

// step lets p go on to its next yield, if it has not ended.
func (p *part) step() {
	if p.ended {
		return
	}
	p.s.acting = p
	p.on <- struct{}{}
	<-p.off
	p.s.acting = nil
	p.steps++
	if stale := p.s.r.staleBit(p.s.groups); stale != "" {
		p.s.t.Errorf("B3, after step %d of this part: %s is stale and nobody is announced", p.steps, stale)
	}
}

// run lets p take n steps, or fewer if it ends.
func (p *part) run(n int) {
	for ; n > 0 && !p.ended; n-- {
		p.step()
	}
}

// until lets p go on until what is so, or it ends.
func (p *part) until(what func() bool) {
	for !p.ended && !what() {
		p.step()
	}
}

func (p *part) end() { p.until(func() bool { return false }) }

// finish ends all parts, in the order in which they entered.
func (s *stage) finish() {
	for _, p := range s.parts {
		p.end()
	}
	s.parts = s.parts[:0]
}

// staleBit returns a skip bit that hides something while nobody is announced
// whose path leads through the child below, "" if there is none. It looks at the
// words of these groups and up from there, in chunk 0 and under the smallest
// tree. It is a second statement of B3: it shares no code with the finders.
func (r *root) staleBit(groups []uint64) string {
	for _, pol := range []polarity{fulls, empties} {
		for _, index := range groups {
			ci, g := index/fanOut, index%fanOut
			c, n := r.low.Load(), (*node)(nil)
			if ci > 0 {
				n = r.trees[0].Load()
				c = n.chunks[ci].Load()
			}
			words, skip := c.group(g), c.skip[pol].words[g].Load()
			for k := range uint64(groupWords) {
				if skip>>k&1 != 0 && words[k].Load() != pol.exhausted() && !r.announcedAt(0, index*groupWords+k) {
					return fmt.Sprintf("the skip bit (%d) over word %d", pol, index*groupWords+k)
				}
			}
			chunkSkip := c.skip[pol].groups.Load()
			if chunkSkip>>g&1 != 0 && skip != full && !r.announcedAt(1, index) {
				return fmt.Sprintf("the skip bit (%d) over group %d", pol, index)
			}
			if n != nil && n.skip[pol].Load()>>ci&1 != 0 && chunkSkip != full && !r.announcedAt(2, ci) {
				return fmt.Sprintf("the skip bit (%d) over chunk %d", pol, ci)
			}
		}
	}
	return ""
}

// announcedAt tells whether somebody is whose path leads through the child at
// level with this index.
func (r *root) announcedAt(level int, index uint64) bool {
	x := r.wide.Load()
	if x.overflow.Load() != 0 {
		return true
	}
	for i := range x.stripes {
		slot := x.stripes[i].slot.Load()
		if slot == 0 {
			continue
		}
		wi := slot<<1>>1 - 1
		if wi>>(6*level) == index || level == 0 && slot>>63 != 0 && wi>>6 == index>>6 {
			return true
		}
	}
	return false
}
