package tracker

import (
	"errors"
	"fmt"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Errors of creating and finding trackers.
var (
	// ErrInvalidPrefix: a prefix must have 1 to [MaxPrefixLen] bytes.
	ErrInvalidPrefix = errors.New("invalid prefix: must be 1 to 512 bytes")
	// ErrNoPrefix: the registry has no tracker with this prefix, and the
	// operation makes none.
	ErrNoPrefix = errors.New("no such prefix")
	// ErrNoMask: the prefix that is to be a mask is not there. It is an ErrNoPrefix.
	ErrNoMask = fmt.Errorf("%w", ErrNoPrefix)
	// ErrNotCreated: the registry has no tracker with this prefix, and makes none by
	// itself, see [Registry.CreateOnlyOnPurpose].
	ErrNotCreated = errors.New("no such prefix: it has to be created first")
	// ErrExists: the registry has a tracker with this prefix.
	ErrExists = errors.New("prefix already exists")
	// ErrInvalidMaxID: a bound must lie in 1 to 2^48.
	ErrInvalidMaxID = errors.New("invalid maxid: must be an integer from 1 to 281474976710656")
	// ErrInvalidWidth: a key's zero padding must lie in 0 to [MaxWidth].
	ErrInvalidWidth = errors.New("invalid width: must be an integer from 0 to 32")
	// ErrInvalidTag: see [Config].
	ErrInvalidTag = errors.New("invalid tag: must be 1 to 128 bytes without '{' or '}'")
)

// ErrInvalidBytes: an amount of memory is a number with or without a unit.
var ErrInvalidBytes = errors.New("invalid amount of memory: must be a number of bytes, with k, kb, m, mb, g or gb behind it or without")

// Errors of operations on a tracker.
var (
	// ErrOutOfMemory: the memory budget has no room for what the operation
	// needs. Nothing has changed.
	ErrOutOfMemory = errors.New("out of memory: the budget has no room")
	// ErrDetached: the tracker has left its registry, and its budget has no more
	// memory for it. Nothing has changed.
	ErrDetached = bitmap.ErrDetached
	// ErrReplaced: the prefix has another tracker than at the beginning, or none.
	ErrReplaced = errors.New("the prefix was dropped, renamed or made anew meanwhile")
	// ErrCleared: all IDs of the tracker have been taken away at once.
	ErrCleared = errors.New("the prefix was cleared meanwhile")
	// ErrUnbounded: the operation needs an end and the prefix has none.
	ErrUnbounded = errors.New("unbounded prefix: give RANGE")
	// ErrInvalidRange: an iterator's min is greater than its max.
	ErrInvalidRange = errors.New("invalid range: min is greater than max")
	// ErrInvalidFilter: writing over existing IDs, deleting over free ones.
	ErrInvalidFilter = errors.New("invalid filter for this iterator")
	// ErrDeleterInUse: the tracker has a delete iterator.
	ErrDeleterInUse = errors.New("a delete iterator is active")
	// ErrNoDeleter: the token's delete iterator has ended, or never was.
	ErrNoDeleter = errors.New("no such delete iterator")
	// ErrNoLease: the token's lease has ended, or never was.
	ErrNoLease = errors.New("no such lease")
	// ErrNoCursor: the shared cursor has ended, or never was.
	ErrNoCursor = errors.New("no such cursor")
	// ErrCursorOther: the shared cursor is there, and makes another pass.
	ErrCursorOther = errors.New("cursor exists with other options")
	// ErrInvalidCursorName: a cursor's name must have 1 to [MaxCursorName] bytes.
	ErrInvalidCursorName = errors.New("invalid cursor name: must be 1 to 512 bytes")
	// ErrInvalidPosition: a position lies in 0 to the length of the cursor's range.
	ErrInvalidPosition = errors.New("invalid position: must be an integer from 0 to the length of the range")
	// ErrCallerClosed: nothing can be opened any more to end with the Caller.
	ErrCallerClosed = errors.New("the caller is closed")
	// ErrLong: what was to be quick takes long. Nothing has changed.
	ErrLong = errors.New("takes long")
	// ErrInvalidCursor: no scan of this range returns such a position.
	ErrInvalidCursor = errors.New("invalid cursor")
	// ErrInvalidTotal: a partition total must lie in 1 to [MaxPartitions].
	ErrInvalidTotal = errors.New("invalid total: must be an integer from 1 to 65536")
	// ErrInvalidIndex: a partition index must be less than the total.
	ErrInvalidIndex = errors.New("index out of range")
)
