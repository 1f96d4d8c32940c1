package modelcheck

// changer is one change in flight.
type changer struct {
	pc    pc
	group bool  // concerns w0 and w1, announced as one
	word  uint8 // 0 for a group
	level uint8 // of the skip bit it is at; the word of the group while it is at those
	mask  uint8 // words of the group that are still concerned
	slot  uint8 // 0 not announced, 1 and up a slot, or overflow
}

const overflow = 0xff

type pc uint8

// Where a changer is: what its next step does.
const (
	idle           pc = iota
	fill              // makes the word full by compare-and-swap
	free              // frees an ID of the full word by compare-and-swap
	fillGroup         // fill, word by word of the group
	freeGroup         // free, word by word of the group
	announce          // after fillGroup, with Rules.AnnounceLate
	announceFree      // after freeGroup, with Rules.AnnounceLate
	still             // reads the words of the group before setting their skip bits
	setWords          // sets the skip bits of mask
	lookAgain         // reads the words of the group again
	clearWords        // clears the skip bits of mask, and goes on above
	clearWordsOnly    // clears them and does not, with Rules.ClearOneLevel
	read              // reads the child at level
	set               // sets the skip bit at level
	look              // reads the child again
	clearUp           // clears the skip bit at level, and goes on above
	clearOne          // clears it and does not, with Rules.ClearOneLevel
	release
)

// change visits what the changer i may do next.
func (m *Model) change(s state, i int, visit func(state, step)) {
	c := s.changers[i]
	n := c
	then := func(verb, child string) {
		s.changers[i] = n
		visit(s, step{by: c, verb: verb, child: child})
	}
	switch c.pc {
	case idle:
		m.begin(s, i, visit)
	case fill:
		full := s.words&(1<<c.word) != 0
		s.words |= 1 << c.word
		n.pc = read
		then("fills ", name(c.word, 0)) // or settles what others have filled
		if full {
			n.pc = release
			then("is too late for ", name(c.word, 0))
		}
	case free:
		if s.words&(1<<c.word) == 0 {
			n.pc = release
			then("is too late for ", name(c.word, 0))
			return
		}
		s.words &^= 1 << c.word
		n.pc = clearUp
		then("frees an ID in ", name(c.word, 0))
	case fillGroup, freeGroup:
		m.sweep(s, i, visit)
	case announce, announceFree:
		n.pc = still
		if c.pc == announceFree {
			n.pc = clearWords
		}
		m.takeSlot(s, i, n, "announces", visit)
	case still:
		full := s.words&(1<<c.level) != 0
		if !full {
			n.mask &^= 1 << c.level
		}
		if n.level++; n.level == 2 {
			n.pc, n.level = setWords, 0
		}
		then(seen(full), names[0][c.level])
	case setWords:
		s.skip[0] |= c.mask
		n.pc = lookAgain
		if m.Rules.NoSecondLook {
			n = m.above(n, read)
		}
		then("sets the skip bits over its words", "")
	case lookAgain: // what is alive stays in mask
		full := s.words&(1<<c.level) != 0
		if full {
			n.mask &^= 1 << c.level
		}
		if n.level++; n.level == 2 {
			n.level = 0
			switch {
			case n.mask == 0:
				n = m.above(n, read)
			case m.Rules.ClearOneLevel:
				n.pc = clearWordsOnly
			default:
				n.pc = clearWords
			}
		}
		then(seen(full), names[0][c.level])
	case clearWords, clearWordsOnly:
		s.skip[0] &^= c.mask
		n = m.above(n, clearUp)
		if c.pc == clearWordsOnly {
			n.pc, n.level = release, 0
		}
		then("clears the skip bits over its words", "")
	case read:
		n.pc = set
		exhausted := m.exhausted(&s, c.word, c.level)
		if !exhausted {
			n.pc, n.level = release, 0
		}
		then(seen(exhausted), name(c.word, c.level))
	case set:
		s.skip[c.level] |= child(c.word, c.level)
		n.pc = look
		if m.Rules.NoSecondLook {
			n = m.above(n, read)
		}
		then("sets the skip bit over ", name(c.word, c.level))
	case look:
		exhausted := m.exhausted(&s, c.word, c.level)
		switch {
		case exhausted:
			n = m.above(n, read)
		case m.Rules.ClearOneLevel:
			n.pc = clearOne
		default:
			n.pc = clearUp
		}
		then(seen(exhausted), name(c.word, c.level))
	case clearUp, clearOne:
		set := s.skip[c.level]&child(c.word, c.level) != 0
		s.skip[c.level] &^= child(c.word, c.level)
		n = m.above(n, clearUp)
		if c.pc == clearOne || m.Rules.ClearToFirstClear && !set {
			n.pc, n.level = release, 0
		}
		then("clears the skip bit over ", name(c.word, c.level))
	case release:
		n = changer{}
		then("releases", "")
	}
}

func seen(exhausted bool) string {
	if exhausted {
		return "sees exhausted "
	}
	return "sees not exhausted "
}

// above is c gone one level up, if there is one, to do the same there.
func (m *Model) above(c changer, then pc) changer {
	c.pc, c.mask = then, 0
	if c.level++; int(c.level) == m.Levels {
		c.pc, c.level = release, 0
	}
	return c
}

// begin starts a change of any word, or of the group.
func (m *Model) begin(s state, i int, visit func(state, step)) {
	for w := range uint8(m.Levels) {
		m.takeSlot(s, i, changer{pc: fill, word: w}, "announces, to fill ", visit)
		m.takeSlot(s, i, changer{pc: free, word: w}, "announces, to free an ID in ", visit)
	}
	if m.SingleWords {
		return
	}
	for _, pc := range []pc{fillGroup, freeGroup} {
		c := changer{pc: pc, group: true}
		if !m.Rules.AnnounceLate {
			m.takeSlot(s, i, c, "announces", visit)
			continue
		}
		s.changers[i] = c
		visit(s, step{by: c, verb: "begins"})
	}
}

// takeSlot announces the changer i, which goes on as c.
func (m *Model) takeSlot(s state, i int, c changer, verb string, visit func(state, step)) {
	var about string
	if !c.group {
		about = names[0][c.word]
	}
	var taken [maxSlots + 1]bool
	for _, other := range s.changers {
		if other.slot != overflow {
			taken[other.slot] = true
		}
	}
	for slot := 1; slot <= m.Slots; slot++ {
		if !taken[slot] {
			c.slot = uint8(slot)
			s.changers[i] = c
			visit(s, step{by: c, verb: verb, child: about})
		}
	}
	c.slot = overflow
	s.changers[i] = c
	visit(s, step{by: c, verb: verb, child: about})
}

// sweep changes the next word of the group, if it is not as wanted, or leaves
// it out: a range need not cover a group.
func (m *Model) sweep(s state, i int, visit func(state, step)) {
	c := s.changers[i]
	bit := uint8(1) << c.level
	turn := func(change uint8, verb string) {
		n, t := c, s
		t.words ^= change
		n.mask |= change
		if n.level++; n.level == 2 {
			n.level = 0
			n.pc = m.swept(n)
		}
		t.changers[i] = n
		visit(t, step{by: c, verb: verb, child: names[0][c.level]})
	}
	turn(0, "passes over ")
	if full := s.words&bit != 0; full == (c.pc == freeGroup) {
		turn(bit, "changes ")
	}
}

// swept is where a change of a group goes on when the words are done.
func (m *Model) swept(c changer) pc {
	switch {
	case c.mask == 0:
		return release
	case m.Rules.AnnounceLate && c.pc == fillGroup:
		return announce
	case m.Rules.AnnounceLate:
		return announceFree
	case c.pc == fillGroup:
		return still
	default:
		return clearWords
	}
}
