package journal

import (
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// distrusts tells whether one of the log's files up to seq has a mark.
func (h *history) distrusts(seq uint64) bool {
	return slices.ContainsFunc(h.broken, func(n uint64) bool { return n >= h.first && n <= seq })
}

// ends tells what the end of a file's blocks is: the end of what was written, or
// where the next file begins, or neither.
func (h *history) ends(r *blockReader, head header, name string, later []uint64) (goesOn bool, err error) {
	if follows, err := h.follows(head.seq, later); err != nil || follows {
		return follows, err
	}
	nothing, err := r.nothing()
	switch {
	case err != nil:
		return false, &FileError{name, r.off, err}
	case r.size < head.least() && !nothing: // it was cut, at the end that it had then
		return false, damaged(name, r.off, "no block of the log")
	case r.size < head.least():
		return false, damaged(name, r.size, "it has been made shorter than it ever was")
	}
	if !nothing {
		return false, h.judge(head.seq, r, later, "no block of the log")
	}
	if len(later) > 0 {
		return true, nil // it is judged where the next one is read
	}
	if unit := int64(head.unit); unit > 0 && (r.size-fileHead)%unit != 0 {
		h.report.Torn = &Torn{File: name, Byte: r.size, Short: true}
	}
	return false, nil
}

// follows tells whether a later file begins where the log has been read up to, or
// before, so that nothing is missing between. Files before it have no first
// block: writes to them have failed.
func (h *history) follows(seq uint64, later []uint64) (bool, error) {
	for i, next := range later {
		if next != seq+1+uint64(i) {
			break
		}
		begins, exact, known, err := h.begins(next)
		if err != nil || known {
			return begins == h.pos || !exact && begins < h.pos, err
		}
	}
	return false, nil
}

// begins returns the position that a file of the log begins at, if that is known:
// exact, if it was made where another one was read up to.
func (h *history) begins(seq uint64) (pos uint64, exact, known bool, err error) {
	name := logName(seq)
	f, head, r, err := h.open(name, seq, magicLog)
	if err != nil {
		return 0, false, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if head.flags&flagExact != 0 {
		return head.pos, true, true, nil
	}
	b, _, whole, err := r.next()
	return b.pos, false, whole, err
}

// judge decides about a log that ends at h.pos, with something behind that does
// not go on there: in the file of r, the log's last, and in later ones. If it was
// on the disk once, or no power was cut since, something that was whole is not so
// any more. Else it did not reach the disk, and nobody was told that it had.
func (h *history) judge(seq uint64, r *blockReader, later []uint64, why string) error {
	name, at := logName(seq), int64(0)
	if r != nil {
		at = r.off
	}
	ev := evidence{budget: 64 << 20}
	for _, n := range h.sizes {
		ev.budget += 16 * n
	}
	ours := false
	look := func(r *blockReader, head header) error {
		ours = ours || head.boot == h.boot
		return r.search(h.pos, &ev)
	}
	if r != nil {
		head, err := readHeader(name, r.f, r.size, magicLog)
		if err == nil {
			err = look(r, head)
		}
		if err != nil {
			return &FileError{name, r.off, err}
		}
	}
	for _, seq := range later {
		f, head, r, err := h.open(logName(seq), seq, magicLog)
		if err != nil {
			return err
		}
		err = look(r, head)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	if ev.synced > h.pos {
		return damaged(name, at, fmt.Sprintf("%s, and the log was on the disk beyond", why))
	}
	if ev.found && ours && h.boot != [16]byte{} {
		return damaged(name, at, fmt.Sprintf("%s, and the log goes on behind", why))
	}
	h.report.Torn = &Torn{File: name, Byte: at, Files: len(later)}
	if r != nil {
		h.report.Torn.Bytes = r.size - r.off
	}
	return nil
}

// evidence is what blocks say that lie where the log seems to end.
type evidence struct {
	found  bool
	synced uint64 // the log was on the disk up to here, by what the blocks say
	budget int64  // bytes that may still be looked at
}

// search looks for blocks from the next one on, at any byte, of positions from
// min on.
func (r *blockReader) search(min uint64, ev *evidence) error {
	for off := r.off; off+blockHead < r.size; {
		p, err := r.peek(off, blockHead)
		if err != nil {
			return err
		}
		b, plausible := parseBlock(p, r.size-off)
		if !plausible || b.pos < min || b.synced > b.pos {
			off++
			continue
		}
		if ev.budget -= b.size(); ev.budget < 0 {
			ev.found, ev.synced = true, maxPosition // nobody's log looks like this
			return nil
		}
		if whole, err := r.check(off, b); err != nil {
			return err
		} else if !whole {
			off++
			continue
		}
		ev.found = true
		ev.synced = max(ev.synced, b.synced)
		off += b.size()
	}
	return nil
}

// check tells whether the block b at the offset off is whole, without having all
// of it in memory.
func (r *blockReader) check(off int64, b block) (bool, error) {
	crc := uint32(0)
	p := make([]byte, min(b.size()-8, 64<<10))
	for at, end := off+8, off+b.size(); at < end; {
		p = p[:min(end-at, int64(len(p)))]
		if n, err := r.f.ReadAt(p, at); n < len(p) {
			return false, err
		}
		crc = crc32.Update(crc, castagnoli, p)
		at += int64(len(p))
	}
	return crc == b.crc, nil
}
