package idfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// roaringReader reads a file in the format of Roaring, and takes nothing on trust: what the head of a part
// says of its containers must be so.
type roaringReader struct {
	in       *bufio.Reader
	position int64
	to       *joiner
	limit    uint64

	keys, ids []int // of the containers of the part
	places    []uint32
	runs      []byte // a bit for each container
	buffer    [1 << 16 * 4]byte
}

func readRoaring(in *bufio.Reader, f Form, to *joiner) error {
	r := &roaringReader{in: in, to: to, limit: f.Limit}
	b, err := r.next(8)
	if err != nil {
		return err
	}
	parts := binary.LittleEndian.Uint64(b)
	if parts > maxParts {
		return r.wrong(0, "%d parts are more than there can be: it is not in the portable 64-bit format of Roaring", parts)
	}
	for i, before := uint64(0), int64(-1); i < parts; i++ {
		if b, err = r.next(4); err != nil {
			return err
		}
		high := binary.LittleEndian.Uint32(b)
		if int64(high) <= before {
			return r.wrong(r.position-4, "part %d comes behind part %d", high, before)
		}
		before = int64(high)
		if err = r.part(uint64(high) << 32); err != nil {
			return err
		}
	}
	if _, err = in.ReadByte(); err == nil {
		return r.wrong(r.position, "something comes behind the last part")
	}
	if err != io.EOF {
		return err
	}
	return nil
}

// next returns the next n bytes, until the next call.
func (r *roaringReader) next(n int) ([]byte, error) {
	read, err := io.ReadFull(r.in, r.buffer[:n])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, r.wrong(r.position+int64(read), "the file ends here: it was cut off, or is not in the portable 64-bit format of Roaring")
	}
	r.position += int64(n)
	return r.buffer[:n], err
}

func (r *roaringReader) wrong(position int64, why string, args ...any) error {
	return &Error{Where: fmt.Sprintf("byte %d", position), Why: fmt.Sprintf(why, args...)}
}

// part reads one, whose IDs are base and more.
func (r *roaringReader) part(base uint64) error {
	begin := r.position
	n, withRuns, err := r.cookie()
	if err != nil {
		return err
	}
	if err := r.head(n, base); err != nil {
		return err
	}
	hasPlaces := !withRuns || n >= fewContainers
	if hasPlaces {
		b, err := r.next(4 * n)
		if err != nil {
			return err
		}
		r.places = r.places[:0]
		for i := range n {
			r.places = append(r.places, binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
	for i := range n {
		if hasPlaces && int64(r.places[i]) != r.position-begin {
			return r.wrong(r.position, "container %d of its part begins at %d of it, and the list of places says %d", i, r.position-begin, r.places[i])
		}
		if err := r.container(base|uint64(r.keys[i])<<16, r.ids[i], withRuns && r.runs[i/8]>>(i%8)&1 != 0); err != nil {
			return err
		}
	}
	return nil
}

// cookie returns how many containers a part has, and whether some of them may have runs.
func (r *roaringReader) cookie() (n int, withRuns bool, err error) {
	b, err := r.next(4)
	if err != nil {
		return 0, false, err
	}
	switch cookie := binary.LittleEndian.Uint32(b); {
	case cookie&0xffff == cookieWithRuns:
		n = int(cookie>>16) + 1
		b, err = r.next((n + 7) / 8)
		r.runs = append(r.runs[:0], b...)
		return n, true, err
	case cookie == cookieWithoutRuns:
		if b, err = r.next(4); err != nil {
			return 0, false, err
		}
		if count := binary.LittleEndian.Uint32(b); count <= maxContainers {
			return int(count), false, nil
		}
		return 0, false, r.wrong(r.position-4, "a part has %d containers at most", maxContainers)
	}
	return 0, false, r.wrong(r.position-4, "no part of the portable format of Roaring begins so")
}

// head reads what a part says of its n containers.
func (r *roaringReader) head(n int, base uint64) error {
	b, err := r.next(4 * n)
	if err != nil {
		return err
	}
	r.keys, r.ids = r.keys[:0], r.ids[:0]
	for i := range n {
		key, ids := binary.LittleEndian.Uint16(b[4*i:]), binary.LittleEndian.Uint16(b[4*i+2:])
		if i > 0 && int(key) <= r.keys[i-1] {
			return r.wrong(r.position-int64(4*(n-i)), "container %d comes behind container %d", key, r.keys[i-1])
		}
		r.keys, r.ids = append(r.keys, int(key)), append(r.ids, int(ids)+1)
	}
	return nil
}

// container reads one of ids IDs, which are base and more.
func (r *roaringReader) container(base uint64, ids int, asRuns bool) error {
	begin := r.position
	var last uint64 // of the IDs
	var found int
	var b []byte
	var err error
	switch {
	case asRuns:
		last, found, b, err = r.runsOf(base)
	case ids <= maxArray:
		if b, err = r.next(2 * ids); err != nil {
			return err
		}
		for i := range ids {
			low := binary.LittleEndian.Uint16(b[2*i:])
			if i > 0 && low <= binary.LittleEndian.Uint16(b[2*i-2:]) {
				return r.wrong(begin+int64(2*i), "ID %d comes behind a higher one, or twice", base|uint64(low))
			}
			last = base | uint64(low)
		}
		found = ids
	default:
		if b, err = r.next(bitmapBytes); err != nil {
			return err
		}
		for i := 0; i < len(b); i += 8 {
			if w := binary.LittleEndian.Uint64(b[i:]); w != 0 {
				found += bits.OnesCount64(w)
				last = base | uint64(8*i+63-bits.LeadingZeros64(w))
			}
		}
	}
	switch {
	case err != nil:
		return err
	case found != ids:
		return r.wrong(begin, "a container has %d IDs, and the head of its part says %d", found, ids)
	case last >= r.limit:
		return r.wrong(begin, "%s", beyond(last, r.limit))
	}
	return r.give(base, b, ids, asRuns)
}

// runsOf reads runs, and tells of them the last ID and the number of IDs.
func (r *roaringReader) runsOf(base uint64) (last uint64, found int, b []byte, err error) {
	if b, err = r.next(2); err != nil {
		return 0, 0, nil, err
	}
	begin := r.position
	if b, err = r.next(4 * int(binary.LittleEndian.Uint16(b))); err != nil {
		return 0, 0, nil, err
	}
	end := 0 // of the run before
	for i := 0; i < len(b); i += 4 {
		start, more := int(binary.LittleEndian.Uint16(b[i:])), int(binary.LittleEndian.Uint16(b[i+2:]))
		if start < end || start+more > 0xffff {
			return 0, 0, nil, r.wrong(begin+int64(i), "a run begins before the end of the one before, or ends behind its container")
		}
		end = start + more + 1
		found += more + 1
		last = base | uint64(start+more)
	}
	return last, found, b, nil
}

// give gives away the IDs of a container that is as it should be.
func (r *roaringReader) give(base uint64, b []byte, ids int, asRuns bool) error {
	little := binary.LittleEndian
	switch {
	case asRuns:
		for ; len(b) > 0; b = b[4:] {
			if err := r.to.add(base|uint64(little.Uint16(b)), uint64(little.Uint16(b[2:]))+1); err != nil {
				return err
			}
		}
	case ids <= maxArray:
		for ; len(b) > 0; b = b[2:] {
			if err := r.to.add(base|uint64(little.Uint16(b)), 1); err != nil {
				return err
			}
		}
	default:
		for i := 0; i < len(b); i += 8 {
			if err := r.to.addWord(base|uint64(8*i), little.Uint64(b[i:])); err != nil {
				return err
			}
		}
	}
	return nil
}
