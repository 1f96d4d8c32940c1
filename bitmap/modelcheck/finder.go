package modelcheck

// finder looks for x, which lies in w0.
type finder struct {
	at      place
	reading uint8 // readings begun
	slot    uint8 // the next one to read; the overflow comes after the last
	level   uint8 // of the walk
	// reach is the lowest level at which a suspect's path has met x's: from
	// there up the finder descends whatever the skip bits say.
	reach uint8
}

type place uint8

const (
	away place = iota // not begun
	collecting
	walking
	misled // said "nothing left"
)

// find visits what the finder does next. A finder that will find x goes away:
// it writes nothing that others could see.
func (m *Model) find(s state, visit func(state, step)) {
	f := s.finder
	switch f.at {
	case away:
		if s.words&1 != 0 || m.Readings == 0 {
			return // x is not free, or there is no finder
		}
		f = finder{at: collecting, reach: uint8(m.Levels)}
		fallthrough
	case collecting:
		by := f
		slot := by.slot + 1
		if by.slot == uint8(m.Slots) {
			slot = overflow
		}
		verb := m.collect(&s, &f, slot)
		if f.reach > 0 {
			s.finder = f
			visit(s, step{finder: by, slot: slot, verb: verb})
		}
	case walking:
		by, hides := f, s.skip[f.level]&1 != 0
		verb := "sees no skip bit over "
		if hides {
			verb = "sees the skip bit over "
		}
		switch {
		case hides && f.level < f.reach:
			f.at = misled
		case f.level == 0:
			return
		default:
			f.level--
		}
		s.finder = f
		visit(s, step{finder: by, verb: verb, child: names[by.level][0]})
	}
}

// collect reads a slot, or the overflow after them.
func (m *Model) collect(s *state, f *finder, slot uint8) (verb string) {
	verb = "sees nobody"
	for _, c := range s.changers {
		switch {
		case c.slot != slot:
		case slot != overflow:
			f.reach = min(f.reach, m.meets(c))
			verb = "sees somebody, who meets the path higher up"
		case !m.Rules.NoOverflow:
			f.reach = 0 // everybody is suspect
		}
	}
	if f.slot++; slot != overflow {
		return verb
	}
	f.slot = 0
	if f.reading++; int(f.reading) == m.Readings {
		f.at, f.level = walking, uint8(m.Levels-1)
	}
	return verb
}

// meets is the level at which the announced path meets that of x.
func (m *Model) meets(c changer) uint8 {
	if c.group && m.Rules.NoGroups {
		return 1 // x does not lie in the word that stands for the group
	}
	return c.word
}
