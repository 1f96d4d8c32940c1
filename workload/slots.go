package workload

import (
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
)

// slots tells the hash slots of a template's keys.
type slots struct {
	word    []piece
	same    bool // for all IDs
	is      uint16
	scratch []byte
}

func newSlots(t *Template, k Keys, v *Values) slots {
	s := slots{word: keyWord(t)}
	w := &Writer{keys: k, values: v}
	s.same = !slices.ContainsFunc(s.word, func(p piece) bool { return p.kind != literal }) || tagged(s.word, k)
	if s.same {
		s.is = s.compute(w, 0)
	}
	return s
}

// keyWord is the word of a command that a Cluster looks at.
func keyWord(t *Template) []piece {
	for _, kind := range []pieceKind{keyPlace, idPlace} {
		for _, word := range t.words[1:] {
			if slices.ContainsFunc(word, func(p piece) bool { return p.kind == kind }) {
				return word
			}
		}
	}
	if len(t.words) > 1 {
		return t.words[1]
	}
	return nil
}

// tagged tells whether a hash tag, which alone counts, stands before what changes.
func tagged(word []piece, k Keys) bool {
	var before string
	for _, p := range word {
		if p.kind == literal {
			before += p.text
			continue
		}
		if p.kind == keyPlace {
			before += k.head()
		}
		break
	}
	_, tag, open := strings.Cut(before, "{")
	return open && strings.IndexByte(tag, '}') > 0
}

func (s *slots) of(w *Writer, id uint64) uint16 {
	if s.same {
		return s.is
	}
	return s.compute(w, id)
}

func (s *slots) compute(w *Writer, id uint64) uint16 {
	key := s.scratch[:0]
	for _, p := range s.word {
		switch p.kind {
		case valuePlace:
			n := w.values.sizeOf(id, w.values.resolved(p.size))
			key = w.values.appendValue(key, id, n, w.values.secret(n))
		case vectorPlace:
			key = w.values.appendVector(key, id, p.size.Min)
		default:
			key = appendPlace(key, p, w.keys, id)
		}
	}
	s.scratch = key
	return keyslot.Of(key)
}
