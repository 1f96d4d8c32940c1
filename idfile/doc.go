// Package idfile reads and writes files of IDs, as runs of IDs in a row, in little memory whatever
// a file says.
//
// It knows the formats. It must not know where IDs come from or go to, the network, or terminals.
//
//   - ids: one ID on each line, in decimal digits
//   - keys: one key on each line, as a prefix writes its IDs
//   - ranges: first-last on each line, both included, or one ID alone
//   - roaring: the portable 64-bit format of the Roaring bitmaps
//   - redis-bitmap: the string of a Redis server in which SETBIT has set the bit of each ID
//
// A file is refused as a whole if there is anything in it that the format does not allow, so a
// reader reads it to its end. Lines of text may come in any order and more than once; each ends with a
// newline, the last one, too: a line that was cut off would be another ID.
package idfile
