package workload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Keys is how IDs are written.
type Keys struct {
	Prefix, Tag string
	Width       int
}

// head is what stands before an ID.
func (k Keys) head() string {
	if k.Tag == "" {
		return k.Prefix
	}
	return k.Prefix + "{" + k.Tag + "}:"
}

// Writer writes requests of a template, for one goroutine.
type Writer struct {
	template *Template
	keys     Keys
	values   *Values
	// usual is for IDs below limit, whose keys are all of one length; wide for the others.
	usual, wide plan
	limit       uint64
	slots       slots
}

// NewWriter returns a writer of requests with keys as Keys has them, and these values.
func (t *Template) NewWriter(k Keys, v *Values) *Writer {
	w := &Writer{template: t, keys: k, values: v, limit: 1}
	for range min(k.Width, maxDigits) {
		w.limit *= 10
	}
	w.usual = newPlan(t, k, v, k.Width)
	w.wide = newPlan(t, k, v, 0)
	w.slots = newSlots(t, k, v)
	return w
}

// maxDigits is more than any ID has.
const maxDigits = 18

// planFor returns how the request for an ID is written.
func (w *Writer) planFor(id uint64) *plan {
	if id < w.limit && w.keys.Width > 0 {
		return &w.usual
	}
	return &w.wide
}

// Append appends the request for an ID in RESP.
func (w *Writer) Append(dst []byte, id uint64) []byte {
	p := w.planFor(id)
	return p.append(slices.Grow(dst, p.longest), id, w.values)
}

// Longest is how many bytes a request has at most.
func (w *Writer) Longest() int { return max(w.usual.longest, w.wide.longest) }

// Slot is the hash slot of an ID's key in a Cluster: of the first word that has the {key}, or else the {id}, or of the first
// behind the command.
func (w *Writer) Slot(id uint64) uint16 { return w.slots.of(w, id) }

// IsValue is [Values.Is].
func (w *Writer) IsValue(body []byte, id uint64) bool { return w.values.Is(body, id) }

// longestText is how much of a value people are shown.
const longestText = 24

// Text is the request for an ID for people, values cut short.
func (w *Writer) Text(id uint64) string {
	var b strings.Builder
	for i, word := range w.template.words {
		if i > 0 {
			b.WriteByte(' ')
		}
		var text []byte
		more := 0
		for _, p := range word {
			switch p.kind {
			case vectorPlace:
				text = fmt.Appendf(text, "<vector of %d>", p.size.Min)
			case valuePlace:
				n := w.values.sizeOf(id, w.values.resolved(p.size))
				shown := min(n, longestText)
				// The beginning of a long value, which is not a short value.
				text = w.values.appendValue(text, id, shown, w.values.secret(n))
				more += n - shown
			default:
				text = appendPlace(text, p, w.keys, id)
			}
		}
		b.WriteString(readable(text))
		if more > 0 {
			fmt.Fprintf(&b, "…(%d bytes more)", more)
		}
	}
	return b.String()
}

// readable puts quotes around what would not be one word.
func readable(word []byte) string {
	for _, c := range word {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\'' {
			return strconv.Quote(string(word))
		}
	}
	if len(word) == 0 {
		return `""`
	}
	return string(word)
}

// appendPlace appends what a part of a word is that has no value in it.
func appendPlace(dst []byte, p piece, k Keys, id uint64) []byte {
	switch p.kind {
	case literal:
		return append(dst, p.text...)
	case keyPlace:
		dst = append(dst, k.head()...)
		return appendDigits(dst, id, max(k.Width, digitsOf(id)))
	case idPlace:
		return appendDigits(dst, id, digitsOf(id))
	}
	return dst
}
