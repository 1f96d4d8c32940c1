package idfile

import (
	"bufio"
	"encoding/binary"
	"io"
)

// roaring writes a file in the format of Roaring. Where a part begins its containers are not known, of
// which its head tells: they lie in a scratch file until its end, and one head in memory.
type roaring struct {
	target  io.Writer // all at the end, nil if out is what to write to
	whole   *Scratch
	out     io.WriterAt
	written int64

	parts   uint64
	high    uint64 // upper half of the IDs of the part
	open    bool   // there is one
	heads   []head
	bodies  *Scratch
	toBody  *bufio.Writer
	current container
	buffer  []byte
}

// head is what the beginning of a part says of a container.
type head struct {
	key  uint16
	ids  int
	size uint32
	kind kind
}

// container is one that is being filled.
type container struct {
	high uint64 // the IDs without their lower 16 bits
	ids  int
	runs []containerRun
}

type containerRun struct{ start, more uint16 } // more IDs behind the first

const partsBytes = 8 // of the number of parts

func newRoaring(out io.Writer, _ Form) (encoder, error) {
	r := &roaring{written: partsBytes}
	var err error
	if r.bodies, err = NewScratch(); err != nil {
		return nil, err
	}
	r.toBody = bufio.NewWriterSize(r.bodies, bufferSize)
	if at, ok := out.(io.WriterAt); ok {
		r.out = at
		return r, nil
	}
	r.target = out
	if r.whole, err = NewScratch(); err != nil {
		r.drop()
		return nil, err
	}
	r.out = r.whole
	return r, nil
}

func (r *roaring) drop() {
	_ = r.bodies.Close()
	if r.whole != nil {
		_ = r.whole.Close()
	}
}

func (r *roaring) run(start, n uint64) error {
	for n > 0 {
		if high := start >> 16; high != r.current.high || r.current.ids == 0 {
			if err := r.endContainer(); err != nil {
				return err
			}
			r.current.high = high
		}
		low := start & 0xffff
		here := min(n, 1<<16-low)
		r.current.add(uint16(low), uint16(here-1))
		start, n = start+here, n-here
	}
	return nil
}

// endContainer writes the current container to its part, which it begins if it is the first.
func (r *roaring) endContainer() error {
	c := &r.current
	if c.ids == 0 {
		return nil
	}
	if part := c.high >> 16; !r.open || part != r.high {
		if err := r.endPart(); err != nil {
			return err
		}
		r.open, r.high = true, part
	}
	kind := bestKind(c.ids, len(c.runs))
	r.buffer = c.append(r.buffer[:0], kind)
	r.heads = append(r.heads, head{key: uint16(c.high), ids: c.ids, size: uint32(len(r.buffer)), kind: kind})
	c.ids, c.runs = 0, c.runs[:0]
	_, err := r.toBody.Write(r.buffer)
	return err
}

func (c *container) add(start, more uint16) {
	c.ids += int(more) + 1
	if n := len(c.runs); n > 0 {
		if last := &c.runs[n-1]; int(last.start)+int(last.more)+1 == int(start) {
			last.more += more + 1
			return
		}
	}
	c.runs = append(c.runs, containerRun{start, more})
}

func (c *container) append(b []byte, k kind) []byte {
	little := binary.LittleEndian
	switch k {
	case asRuns:
		b = little.AppendUint16(b, uint16(len(c.runs)))
		for _, run := range c.runs {
			b = little.AppendUint16(little.AppendUint16(b, run.start), run.more)
		}
	case asArray:
		for _, run := range c.runs {
			for i := range int(run.more) + 1 {
				b = little.AppendUint16(b, run.start+uint16(i))
			}
		}
	case asBits:
		var words [1 << 16 / 64]uint64
		for _, run := range c.runs {
			setBits(&words, int(run.start), int(run.start)+int(run.more))
		}
		for _, w := range words {
			b = little.AppendUint64(b, w)
		}
	}
	return b
}

// setBits sets those from first to last.
func setBits(words *[1 << 16 / 64]uint64, first, last int) {
	head, tail := ^uint64(0)<<(first%64), ^uint64(0)>>(63-last%64)
	i, end := first/64, last/64
	if i == end {
		words[i] |= head & tail
		return
	}
	words[i] |= head
	for i++; i < end; i++ {
		words[i] = ^uint64(0)
	}
	words[end] |= tail
}

// endPart writes the part with its containers, if there is one.
func (r *roaring) endPart() error {
	if !r.open {
		return nil
	}
	if err := r.toBody.Flush(); err != nil {
		return err
	}
	r.buffer = r.appendHead(r.buffer[:0])
	if _, err := r.out.WriteAt(r.buffer, r.written); err != nil {
		return err
	}
	r.written += int64(len(r.buffer))
	length, err := r.bodies.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err = io.Copy(io.NewOffsetWriter(r.out, r.written), io.NewSectionReader(r.bodies, 0, length)); err != nil {
		return err
	}
	r.written += length
	if _, err = r.bodies.Seek(0, io.SeekStart); err != nil { // the next part lies over it
		return err
	}
	r.parts++
	r.open, r.heads = false, r.heads[:0]
	return nil
}

func (r *roaring) end() error {
	if err := r.endContainer(); err != nil {
		return err
	}
	if err := r.endPart(); err != nil {
		return err
	}
	if _, err := r.out.WriteAt(binary.LittleEndian.AppendUint64(nil, r.parts), 0); err != nil {
		return err
	}
	if r.target == nil {
		return nil
	}
	_, err := io.Copy(r.target, io.NewSectionReader(r.whole, 0, r.written))
	return err
}

// appendHead appends what a part says before its containers.
func (r *roaring) appendHead(b []byte) []byte {
	little := binary.LittleEndian
	b = little.AppendUint32(b, uint32(r.high))
	cookie := len(b)
	withRuns := false
	for _, h := range r.heads {
		withRuns = withRuns || h.kind == asRuns
	}
	if withRuns {
		b = little.AppendUint32(b, cookieWithRuns|uint32(len(r.heads)-1)<<16)
		flags := len(b)
		b = append(b, make([]byte, (len(r.heads)+7)/8)...)
		for i, h := range r.heads {
			if h.kind == asRuns {
				b[flags+i/8] |= 1 << (i % 8)
			}
		}
	} else {
		b = little.AppendUint32(b, cookieWithoutRuns)
		b = little.AppendUint32(b, uint32(len(r.heads)))
	}
	for _, h := range r.heads {
		b = little.AppendUint16(little.AppendUint16(b, h.key), uint16(h.ids-1))
	}
	if !withRuns || len(r.heads) >= fewContainers {
		place := uint32(len(b) - cookie + 4*len(r.heads))
		for _, h := range r.heads {
			b = little.AppendUint32(b, place)
			place += h.size
		}
	}
	return b
}
