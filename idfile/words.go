package idfile

import "math/bits"

// addWord adds the IDs whose bits are set in w, of which the lowest is that of base.
func (j *joiner) addWord(base, w uint64) error {
	for skipped := uint64(0); w != 0; {
		zeros := uint64(bits.TrailingZeros64(w))
		w >>= zeros
		ones := uint64(bits.TrailingZeros64(^w))
		w >>= ones // 0 for all 64
		if err := j.add(base+skipped+zeros, ones); err != nil {
			return err
		}
		skipped += zeros + ones
	}
	return nil
}
