package modelcheck

import "fmt"

// step is one atomic access and who makes it, for people to read.
type step struct {
	finder finder  // as it was before; away if it is a changer's
	by     changer // with the slot it has then
	slot   uint8   // that the finder reads
	verb   string
	child  string // what it is about, "" for nothing but the slot
}

func (s step) String() string {
	if s.finder.at != away {
		who := "finder"
		if s.finder.at == collecting {
			who = fmt.Sprintf("finder, reading %d of %s", s.finder.reading+1, slotName(s.slot))
		}
		return fmt.Sprintf("%-34s %s%s", who, s.verb, s.child)
	}
	who := "change of " + names[0][s.by.word]
	if s.by.group {
		who = "change of " + names[1][0]
	}
	return fmt.Sprintf("%-34s %s%s", who+", "+slotName(s.by.slot), s.verb, s.child)
}

func slotName(slot uint8) string {
	switch slot {
	case 0:
		return "not announced"
	case overflow:
		return "overflow"
	default:
		return fmt.Sprintf("slot %d", slot-1)
	}
}

// names are what people call the children, by level and first word.
var names = [maxLevels][maxLevels]string{
	{"word 0", "word 1", "word 2"},
	{"group 0", "", "group 1"},
	{"chunk 0", "", ""},
}

// name is that of the child at level on the path of the word w.
func name(w, level uint8) string {
	if w <= level {
		w = 0
	}
	return names[level][w]
}
