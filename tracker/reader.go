package tracker

import (
	"iter"
	"time"
)

// Reader is what can be read of a [Tracker], and no more: no call of it changes
// what another shows. All of it is safe for concurrent use.
type Reader interface {
	Prefix() string
	Config() Config
	Created() time.Time
	Stats() Stats
	Deleting() bool
	Leases(dst []Lease, n int) []Lease

	Count() uint64
	CountRange(r Range) uint64
	CountFree(r Range) uint64
	Extent(least int) Range
	Map(r Range, cells int) Map
	BlankMap(counts []uint64, r Range) Map
	CountInto(m Map, r Range)
	IsEmpty() bool
	Capacity() uint64

	Clip(r Range) Range
	Pieces(r Range) iter.Seq[Range]
	Bounded() (Range, error)
	Holds(id uint64) bool

	First(filter Filter, r Range) (id uint64, ok bool)
	Last() (id uint64, ok bool)
	Select(filter Filter, m Mask) Selection
	Scan(dst []Run, filter Filter, r Range, cursor uint64, n int) (runs []Run, next uint64, err error)
	ScanRandom(dst []Run, filter Filter, r Range, seed, cursor uint64, n int) (runs []Run, next uint64, err error)
	Sample(dst []uint64, n int, s *Sampler) []uint64
	SampleDistinct(dst []uint64, n int, s *Sampler) []uint64
	Snapshot(first []Run) (*Snapshot, error)

	LongCount(r Range) bool
	LongMap(r Range) bool
	LongAdd(r Range) bool
	LongRemove(r Range) bool
	LongAllocation(ids []uint64) bool
	LongWalk(filter Filter, r Range, from uint64, n int) bool
	LongDraw(n int, distinct bool) bool
	LongRandomScan(filter Filter, r Range, n int) bool

	AppendKey(dst []byte, id uint64) []byte
	ParseKey(key string) (id uint64, ok bool)
}

var _ Reader = (*Tracker)(nil)
