package modelcheck

import (
	"cmp"
	"fmt"
	"strings"
)

// The sizes that a state has room for.
const (
	maxLevels   = 3
	maxChangers = 3
	maxSlots    = 3
)

// Model is a configuration of the model. Levels is 2 or 3, Changers (in flight
// at once) 1 to 3, Slots 1 to 3; Readings is how often the finder reads the
// announcements, 0 for no finder.
type Model struct {
	Levels   int
	Changers int
	Slots    int
	Readings int
	// SingleWords leaves out the changes of groups.
	SingleWords bool
	Rules       Rules
}

// Rules says what is left out of the algorithm. The zero value is the
// algorithm as it is.
type Rules struct {
	// NoSecondLook: who has set a skip bit does not read the child again.
	NoSecondLook bool
	// ClearOneLevel: a failed second look clears the skip bit it is about and
	// none above it.
	ClearOneLevel bool
	// ClearToFirstClear: who brings a word back to life stops at the first skip
	// bit that is clear. (This one does no harm.)
	ClearToFirstClear bool
	// AnnounceLate: a change of a group is announced after its words changed.
	AnnounceLate bool
	// NoGroups: an announcement of a group is taken for one of its first word.
	NoGroups bool
	// NoOverflow: the finder does not look at the overflow of the slots.
	NoOverflow bool
}

// Result is what a search found out.
type Result struct {
	States int
	// Fault is the property that does not hold, "" if all do.
	Fault string
	// Schedule is a shortest way there, a line for each step.
	Schedule string
}

// Run tries every interleaving. It takes about 100 bytes for each state.
func (m Model) Run() Result {
	x := search[state]{next: m.next, wrong: m.wrong}
	fault, way := x.run(m.initial())
	var b strings.Builder
	for i, s := range way {
		fmt.Fprintf(&b, "%3d  %s\n", i+1, s)
	}
	return Result{States: len(x.states), Fault: fault, Schedule: b.String()}
}

// state is everything. The words and the skip bits of a level are bit sets over
// the words of the model: the bit of a child is that of its first word.
type state struct {
	words    uint8            // exhausted
	skip     [maxLevels]uint8 // set
	changers [maxChangers]changer
	finder   finder
}

// child is the child at level that the path of the word w leads through, as a
// bit: all words up to w = level have met there.
func child(w, level uint8) uint8 {
	if w <= level {
		return 1
	}
	return 1 << w
}

// exhausted tells whether the child at level on the path of w is: the word, or
// all skip bits of the summary one level down.
func (m *Model) exhausted(s *state, w, level uint8) bool {
	if level == 0 {
		return s.words&(1<<w) != 0
	}
	all := child(w, level-1)
	if w <= level && int(level) < m.Levels { // where the word number level joins
		all = child(0, level-1) | child(level, level-1)
	}
	return s.skip[level-1]&all == all
}

// initial is every state at rest in which no skip bit hides anything. (A bit
// may be clear over a child that is exhausted: races leave some so.)
func (m Model) initial() []state {
	all := []state{}
	for words := range uint8(1 << m.Levels) {
		all = append(all, state{words: words})
	}
	for level := range uint8(m.Levels) {
		for w := range uint8(m.Levels) {
			if child(w, level) != 1<<w {
				continue // not the first word of its child
			}
			for _, s := range all {
				if m.exhausted(&s, w, level) {
					s.skip[level] |= 1 << w
					all = append(all, s)
				}
			}
		}
	}
	return all
}

func (m Model) next(s state, visit func(state, step)) {
	for i := range m.Changers {
		if i > 0 && s.changers[i] == s.changers[i-1] {
			continue // the same once more
		}
		m.change(s, i, func(n state, by step) {
			if n.finder.at != away && n.words&1 != 0 {
				return // x is taken: the finder has promised nothing
			}
			n.sort(m.Changers)
			visit(n, by)
		})
	}
	m.find(s, visit)
}

// sort puts the changers in order: which is which makes no difference.
func (s *state) sort(n int) {
	for i := 1; i < n; i++ {
		for k := i; k > 0 && s.changers[k].before(s.changers[k-1]); k-- {
			s.changers[k], s.changers[k-1] = s.changers[k-1], s.changers[k]
		}
	}
}

func (c changer) before(d changer) bool {
	return cmp.Or(
		cmp.Compare(c.slot, d.slot),
		cmp.Compare(c.pc, d.pc),
		cmp.Compare(c.word, d.word),
		cmp.Compare(c.level, d.level),
		cmp.Compare(c.mask, d.mask),
	) < 0
}

func (m Model) wrong(s state) string {
	if s.finder.at == misled {
		return `found: the finder says "nothing left", and x was free all the time`
	}
	if s.finder.at != away {
		return "" // the same state without a finder has been looked at
	}
	for level := range uint8(m.Levels) {
		for w := range uint8(m.Levels) {
			if s.skip[level]&(1<<w) != 0 && !m.exhausted(&s, w, level) && !s.announced(w, level) {
				return fmt.Sprintf("B3: the skip bit over %s is stale and nobody is announced", name(w, level))
			}
		}
	}
	return ""
}

// announced tells whether somebody is whose path leads through the child at
// level that begins with the word w.
func (s *state) announced(w, level uint8) bool {
	for _, c := range s.changers {
		if c.slot != 0 && (child(c.word, level) == 1<<w || c.group && child(1, level) == 1<<w) {
			return true
		}
	}
	return false
}
