package workload

import (
	"math/bits"
	"slices"
	"strconv"
)

// plan is how a request is written: what is the same in all requests in as few pieces as there can be, and
// between them what changes.
type plan struct {
	steps   []step
	longest int // bytes of a request
}

type step struct {
	kind stepKind
	text []byte // of literally
	// digits: as many as there are always, 0: as many as the ID has
	digits int
	size   Size
	secret uint64 // of values of one size
	parts  []step // of a length: those of its word that have no length of their own
}

type stepKind uint8

const (
	literally stepKind = iota
	digits
	value
	vector
	length // the $n of a word that is not always as long
)

// newPlan makes a plan for IDs that are written with a width: 0 for all that have as many digits as they need.
func newPlan(t *Template, k Keys, v *Values, width int) plan {
	var p plan
	p.literally("*" + strconv.Itoa(len(t.words)) + "\r\n")
	for _, word := range t.words {
		var steps []step
		fixed := 0
		var varying []step
		add := func(s step, always int) {
			steps = append(steps, s)
			fixed += always
			if always == 0 {
				varying = append(varying, s)
			}
		}
		for _, part := range word {
			switch part.kind {
			case literal:
				steps = append(steps, step{text: []byte(part.text)})
				fixed += len(part.text)
			case keyPlace:
				head := k.head()
				steps = append(steps, step{text: []byte(head)})
				fixed += len(head)
				if width > 0 {
					add(step{kind: digits, digits: width}, width)
				} else {
					add(step{kind: digits}, 0)
				}
			case idPlace:
				add(step{kind: digits}, 0)
			case valuePlace:
				s := step{kind: value, size: v.resolved(part.size)}
				s.secret = v.secret(s.size.Min)
				if s.size.Min == s.size.Max {
					steps = append(steps, s)
					fixed += s.size.Min
				} else {
					add(s, 0)
				}
			case vectorPlace:
				steps = append(steps, step{kind: vector, size: part.size})
				fixed += 4 * part.size.Min
			}
		}
		if len(varying) > 0 {
			p.add(step{kind: length, size: Size{Min: fixed}, parts: varying})
		} else {
			p.literally("$" + strconv.Itoa(fixed) + "\r\n")
		}
		for _, s := range steps {
			p.add(s)
		}
		p.literally("\r\n")
	}
	return p
}

func (p *plan) literally(text string) { p.add(step{text: []byte(text)}) }

func (p *plan) add(s step) {
	last := len(p.steps) - 1
	if s.kind == literally && last >= 0 && p.steps[last].kind == literally {
		p.steps[last].text = append(p.steps[last].text, s.text...)
	} else {
		p.steps = append(p.steps, s)
	}
	const longestNumber = 24
	switch s.kind {
	case literally:
		p.longest += len(s.text)
	case value:
		p.longest += s.size.Max
	case vector:
		p.longest += 4 * s.size.Min
	default:
		p.longest += max(s.digits, longestNumber)
	}
}

func (p *plan) append(dst []byte, id uint64, v *Values) []byte {
	for i := range p.steps {
		s := &p.steps[i]
		switch s.kind {
		case literally:
			dst = append(dst, s.text...)
		case digits:
			dst = appendDigits(dst, id, s.width(id))
		case value:
			dst = s.appendValue(dst, id, v)
		case vector:
			dst = v.appendVector(dst, id, s.size.Min)
		case length:
			n := s.size.Min
			for j := range s.parts {
				if part := &s.parts[j]; part.kind == digits {
					n += part.width(id)
				} else {
					n += v.sizeOf(id, part.size)
				}
			}
			dst = append(dst, '$')
			dst = strconv.AppendInt(dst, int64(n), 10)
			dst = append(dst, '\r', '\n')
		}
	}
	return dst
}

// width is how many digits an ID has there.
func (s *step) width(id uint64) int {
	if s.digits > 0 {
		return s.digits
	}
	return digitsOf(id)
}

func (s *step) appendValue(dst []byte, id uint64, v *Values) []byte {
	if s.size.Min == s.size.Max {
		return v.appendValue(dst, id, s.size.Min, s.secret)
	}
	n := v.sizeOf(id, s.size)
	return v.appendValue(dst, id, n, v.secret(n))
}

// digitsOf is how many decimal digits a number has.
func digitsOf(n uint64) int {
	guess := bits.Len64(n|1) * 1233 >> 12 // times log10 of 2
	if guess < len(powers) && n >= powers[guess] {
		return guess + 1
	}
	return max(guess, 1)
}

var powers = func() (of [20]uint64) {
	of[0] = 1
	for i := range of[1:] {
		of[i+1] = of[i] * 10
	}
	return of
}()

const pairs = "0001020304050607080910111213141516171819" +
	"2021222324252627282930313233343536373839" +
	"4041424344454647484950515253545556575859" +
	"6061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

// appendDigits appends a number with so many digits, which are enough.
func appendDigits(dst []byte, n uint64, count int) []byte {
	from := len(dst)
	dst = slices.Grow(dst, count)[:from+count]
	digits := dst[from:]
	for len(digits) >= 2 {
		pair := n % 100 * 2
		n /= 100
		last := len(digits) - 2
		digits[last], digits[last+1] = pairs[pair], pairs[pair+1]
		digits = digits[:last]
	}
	if len(digits) == 1 {
		digits[0] = '0' + byte(n)
	}
	return dst
}
