package workload

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Size is a number of bytes from Min to Max.
type Size struct{ Min, Max int }

// Values are values that can be told again from a seed, an ID and a length. They are not changed by their use.
//
// A value is printable: a stamp of its ID, and behind it a part of one long random text, from a place that
// the stamp says. So it is as cheap as a copy, and unlike for each ID.
//
//   - The stamp is a permutation of all IDs, another one for each seed and length: of one length no two IDs have the
//     same, and what was cut short has a stamp that is not that of its length.
//   - A value shorter than the stamp is the beginning of it. The low bits come first, and do not depend on those
//     above: n letters tell the IDs below 64^n apart.
type Values struct {
	seed    uint64
	sizes   uint64 // the seed of sizes
	vectors uint64 // and of vectors
	size    Size
	text    []byte
}

const (
	stampLetters = 8 // of 6 bits: as many as an ID has
	textLength   = 64 << 10
	letters      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// NewValues are those of a seed; size is of values that do not say theirs.
func NewValues(seed uint64, size Size) *Values {
	v := &Values{seed: seed, sizes: mix(^seed), vectors: mix(seed + golden), size: size, text: make([]byte, textLength)}
	random := stream(seed)
	for i := range v.text {
		v.text[i] = letters[random.next()>>58]
	}
	return v
}

// Values are those of a workload.
func (w *Workload) Values() *Values { return NewValues(w.Seed, w.Value) }

// secret is what the stamps of all values of a length have in common.
func (v *Values) secret(length int) uint64 { return mix(v.seed ^ mix(uint64(length)+golden)) }

// stamp is the letters of an ID's stamp, in the order of bytes in memory, and the place of the text behind it.
func stamp(id, secret uint64) (eight uint64, place int) {
	n := (id ^ secret) * (golden | 1)
	for i := range stampLetters {
		eight |= uint64(letters[n>>(6*i)&63]) << (8 * i)
	}
	return eight, int(mix(n<<16) % textLength)
}

// appendValue appends the value of an ID. With the secret of another length it is the beginning of that value.
func (v *Values) appendValue(dst []byte, id uint64, length int, secret uint64) []byte {
	eight, place := stamp(id, secret)
	if length < stampLetters {
		for ; length > 0; length-- {
			dst = append(dst, byte(eight))
			eight >>= 8
		}
		return dst
	}
	dst = binary.LittleEndian.AppendUint64(dst, eight)
	for rest := length - stampLetters; rest > 0; place = 0 {
		part := v.text[place:min(place+rest, textLength)]
		dst = append(dst, part...)
		rest -= len(part)
	}
	return dst
}

// resolved is a size that a {value} says, or that of the workload.
func (v *Values) resolved(s Size) Size {
	if s.Min < 0 {
		return v.size
	}
	return s
}

// Is tells whether body is the value of an ID, in the length that body has. Of values that have room for a stamp no
// other ID has the same.
func (v *Values) Is(body []byte, id uint64) bool {
	eight, place := stamp(id, v.secret(len(body)))
	var head [stampLetters]byte
	binary.LittleEndian.PutUint64(head[:], eight)
	n := min(len(body), stampLetters)
	if !bytes.Equal(body[:n], head[:n]) {
		return false
	}
	for body = body[n:]; len(body) > 0; place = 0 {
		part := v.text[place:min(place+len(body), textLength)]
		if !bytes.Equal(body[:len(part)], part) {
			return false
		}
		body = body[len(part):]
	}
	return true
}

// sizeOf is how long a value of a size is for an ID.
func (v *Values) sizeOf(id uint64, s Size) int {
	if s.Min == s.Max {
		return s.Min
	}
	above, _ := bits.Mul64(mix(id^v.sizes), uint64(s.Max-s.Min+1))
	return s.Min + int(above)
}

// appendVector appends the vector of an ID: numbers from -1 to below 1, as float32 with the low byte first.
func (v *Values) appendVector(dst []byte, id uint64, dimensions int) []byte {
	random := stream(mix(id ^ v.vectors))
	from := len(dst)
	dst = slices.Grow(dst, 4*dimensions)[:from+4*dimensions]
	for rest := dst[from:]; len(rest) > 0; {
		both := random.next()
		first, second := component(uint32(both)), component(uint32(both>>32))
		if len(rest) < 8 {
			binary.LittleEndian.PutUint32(rest, first)
			break
		}
		binary.LittleEndian.PutUint64(rest, uint64(first)|uint64(second)<<32)
		rest = rest[8:]
	}
	return dst
}

// component makes a number of 24 bits, as many as a float32 tells apart.
func component(random uint32) uint32 {
	return math.Float32bits(float32(int32(random)>>8) / (1 << 23))
}
