package journal

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// cause is why changes are refused. Each is taken back by what has failed, once
// it succeeds.
type cause int

const (
	noFile cause = iota
	noRoom
	notWritten
	notSynced
	isClosed
	causes
)

var sentinels = [causes]error{ErrNoFile, ErrNoRoom, ErrNotWritten, ErrNotSynced, ErrClosed}

// failures is what does not work at the moment.
type failures struct {
	troubles sync.Mutex
	failed   [causes]error
	refusing atomic.Pointer[error]
}

// Refusing returns why changes are to be refused, before they change anything;
// nil mostly. The log takes what is under way all the same, and tries again by
// itself until it works.
func (l *Log) Refusing() error {
	if l == nil {
		return nil
	}
	if err := l.refusing.Load(); err != nil {
		return *err
	}
	return nil
}

// fail says that something does not work, and has it tried again.
func (l *Log) fail(c cause, err error) error {
	if err == nil {
		err = sentinels[c]
	} else {
		err = fmt.Errorf("%w: %w", sentinels[c], err)
	}
	l.troubles.Lock()
	isNew := l.failed[c] == nil
	l.failed[c] = err
	l.refuse()
	l.troubles.Unlock()
	if isNew { // else the keeper knows, and looks again in time
		l.wake()
	}
	return err
}

// mended says that it works again.
func (l *Log) mended(c cause) {
	if l.refusing.Load() == nil {
		return
	}
	l.troubles.Lock()
	was := l.failed[c] != nil
	l.failed[c] = nil
	l.refuse()
	l.troubles.Unlock()
	if was {
		l.wake()
	}
}

// refuse publishes the first failure there is. The mutex is held.
func (l *Log) refuse() {
	for _, err := range l.failed {
		if err != nil {
			l.refusing.Store(&err)
			return
		}
	}
	l.refusing.Store(nil)
}

// has tells whether c is one of the reasons.
func (l *Log) has(c cause) bool {
	l.troubles.Lock()
	defer l.troubles.Unlock()
	return l.failed[c] != nil
}
