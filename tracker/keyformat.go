package tracker

import "strconv"

const zeros = "00000000000000000000000000000000"

// AppendKey appends the key of id to dst: the prefix, "{tag}:" if the tracker
// has a tag, and the ID zero-padded to the width. A longer ID is never cut.
func (t *Tracker) AppendKey(dst []byte, id uint64) []byte {
	dst = append(dst, t.Prefix()...)
	if t.Tag() != "" {
		dst = append(dst, '{')
		dst = append(dst, t.Tag()...)
		dst = append(dst, '}', ':')
	}
	var digits [20]byte
	d := strconv.AppendUint(digits[:0], id, 10)
	if pad := int(t.width) - len(d); pad > 0 {
		dst = append(dst, zeros[:pad]...)
	}
	return append(dst, d...)
}
