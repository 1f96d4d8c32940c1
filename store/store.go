package store

import (
	"context"
	"time"
)

// Store is a target store. All methods may be called from several goroutines at once, and end
// when their context does. It connects at the first call that needs it.
type Store interface {
	// Scan gives page all keys that begin with prefix: each that is there from the beginning
	// of the call to its end at least once, others perhaps, some several times. page is called
	// from several goroutines at once and keeps nothing of keys; its first error ends the scan
	// and is returned. What is out of reach for long is an [*UnknownError], after all
	// else was given.
	Scan(ctx context.Context, prefix string, page func(keys []string) error) error
	// Exists appends to dst whether each of keys is there.
	Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error)
	// Size returns how many keys there are, of all prefixes.
	Size(ctx context.Context) (uint64, error)
	// Watch tells to what happens to keys that begin with one of prefixes, until ctx ends or it
	// cannot be told, [ErrSilent] for example; configure lets it set what the servers tell.
	Watch(ctx context.Context, prefixes []string, configure bool, to Watcher) error
	// String is where it is, without a password.
	String() string
	// Close ends all connections.
	Close()
}

// Watcher is told what happens in a store. Its methods are called from several goroutines at
// once, and hold up what they are told of next: they are short.
type Watcher interface {
	// Event is told what happened, in the order of the primary that it comes from.
	Event(e Event)
	// Gap says that from now on all is heard, for the first time or again: of what was before
	// something may have been missed.
	Gap(why string)
	// Heard says how many primaries there are, how many of them are heard at present, and how long
	// after it happened the latest was heard of, at worst.
	Heard(primaries, heard int, lag time.Duration)
}

// Event is what happened to a key.
type Event struct {
	Key  string
	Kind EventKind
}

// EventKind is what an event says of its key.
type EventKind uint8

const (
	Perhaps EventKind = iota // something happened: it may be there or not
	There                    // it is there
	Gone                     // it is not there
)

// UnknownError says what of a store could not be reached.
type UnknownError struct {
	What string // slots and addresses, for people
	Err  error  // why
}

func (e *UnknownError) Error() string { return "unknown: " + e.What + ": " + e.Err.Error() }

func (e *UnknownError) Unwrap() error { return e.Err }
