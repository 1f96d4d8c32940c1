package tracker

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// A registry may have a log, in which everything is that changes about its
// trackers: what was said when they were made, and the words of their bitmaps.
// A [Caller] notes where it has changed something, in the batch that it was
// given; what it has noted is in the log when that is committed.

// journaled is a tracker as its log sees it.
type journaled Tracker

func (t *journaled) Word(wi uint64) uint64 { return t.bits.Word(wi) }
func (t *journaled) Spans(wi, n uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	t.bits.Spans(wi, n, visit)
}
func (t *journaled) MaxID() uint64           { return t.maxID }
func (t *journaled) Object() *journal.Object { return &t.object }

// noted notes that id was changed, or was found as it is wanted.
func (t *Tracker) noted(b *journal.Batch, id uint64, changed bool) {
	switch {
	case b == nil:
	case changed:
		b.Changed((*journaled)(t), id)
	default:
		b.Relied((*journaled)(t), id)
	}
}

// notedRuns notes the IDs of runs, which this call has claimed or taken.
func (t *Tracker) notedRuns(b *journal.Batch, runs []Run, claimed bool) {
	if b == nil {
		return
	}
	for _, r := range runs {
		if claimed {
			b.Claimed((*journaled)(t), r.Start, r.Len)
		} else {
			b.ChangedRange((*journaled)(t), r.Start, r.Start+r.Len)
		}
	}
}

// notedRange notes that IDs of r may have been changed.
func (t *Tracker) notedRange(b *journal.Batch, r Range) {
	if b != nil {
		r = t.Clip(r)
		b.ChangedRange((*journaled)(t), r.Min, r.Max)
	}
}

var errMeta = errors.New("what a tracker is made with is malformed")

// appendMeta appends what a tracker was made with, as the log keeps it.
func (t *Tracker) appendMeta(dst []byte) []byte {
	return t.appendMetaAs(dst, t.Prefix())
}

// appendMetaAs is appendMeta with this prefix. With none it tells of a tracker that is
// being made: of a log that ends there it is left out.
func (t *Tracker) appendMetaAs(dst []byte, prefix string) []byte {
	dst = binary.AppendUvarint(dst, t.maxID)
	dst = append(dst, t.width)
	dst = binary.AppendVarint(dst, t.Created().UnixNano())
	dst = binary.AppendUvarint(dst, uint64(len(prefix)))
	dst = append(dst, prefix...)
	return append(dst, t.Tag()...)
}

// unmade is the prefix of a tracker that is being made while a log is read.
const unmade = "?"

// fromMeta makes the tracker that appendMeta tells of; made says that it was said to be
// there.
func fromMeta(meta []byte, books *Budget) (t *Tracker, made bool, err error) {
	maxID, n := binary.Uvarint(meta)
	if n <= 0 || len(meta) == n {
		return nil, false, errMeta
	}
	width := meta[n]
	meta = meta[n+1:]
	created, n := binary.Varint(meta)
	if n <= 0 {
		return nil, false, errMeta
	}
	meta = meta[n:]
	length, n := binary.Uvarint(meta)
	if n <= 0 || length > uint64(len(meta)-n) {
		return nil, false, errMeta
	}
	name := string(meta[n:])
	prefix := name[:length]
	if made = length > 0; !made {
		prefix = unmade
	}
	t, err = newTracker(prefix, Config{MaxID: maxID, Width: int(width), Tag: name[length:]}, books)
	if err != nil {
		return nil, false, err
	}
	t.created = uint32(time.Unix(0, created).Unix())
	return t, made, nil
}

// kept are the numbers that come back with a base, in their order in it. An older
// base has fewer of them, a newer one may have more.
func (t *Tracker) kept() [4]*atomic.Uint64 {
	return [...]*atomic.Uint64{&t.claims, &t.conflicts, &t.outOfRange, &t.takes}
}

func (t *Tracker) appendStats(dst []byte) []byte {
	for _, from := range t.kept() {
		dst = binary.AppendUvarint(dst, from.Load())
	}
	return dst
}

func (t *Tracker) setStats(stats []byte) error {
	for _, to := range t.kept() {
		if len(stats) == 0 {
			to.Store(0)
			continue
		}
		v, n := binary.Uvarint(stats)
		if n <= 0 {
			return errMeta
		}
		to.Store(v)
		stats = stats[n:]
	}
	return nil
}
