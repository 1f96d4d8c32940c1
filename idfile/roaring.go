package idfile

// The portable 64-bit format of the Roaring bitmaps is, in little endian:
//
//	number of parts      8 bytes
//	for each part, of 2^32 IDs, ascending:
//	    high half of its IDs   4 bytes
//	    cookie                 4 bytes: without runs, then 4 bytes with the number of containers;
//	                           or with runs, its upper half the number of containers less one,
//	                           then a bit for each container, set for runs
//	    for each container, of 2^16 IDs, ascending: 2 bytes of its key, 2 of its cardinality less one
//	    unless there are runs and fewer than 4 containers: for each container 4 bytes, where it
//	                           begins, from the cookie on
//	    containers             runs: 2 bytes with their number, for each 2 bytes of its start and 2 of
//	                           its length less one; of at most 4096 IDs: 2 bytes each; else 2^16 bits
//
// as https://github.com/RoaringBitmap/RoaringFormatSpec has it.
const (
	cookieWithoutRuns = 12346
	cookieWithRuns    = 12347
	fewContainers     = 4 // a part of fewer, with runs, has no list of places
	maxContainers     = 1 << 16
	maxArray          = 4096 // IDs, more are a bitmap
	bitmapBytes       = 1 << 16 / 8
	maxParts          = 1 << 32
)

// kind is how a container lists its IDs.
type kind uint8

const (
	asArray kind = iota
	asBits
	asRuns
)

// bestKind is the kind that the Go library has for a container after RunOptimize, so that the same IDs make
// the same file. For that a bitmap costs what it takes in its memory, which is 32 bytes more than in the file.
func bestKind(ids, runs int) kind {
	switch {
	case 2+4*runs < min(bitmapBytes+32, 2*ids):
		return asRuns
	case ids <= maxArray:
		return asArray
	default:
		return asBits
	}
}
