package tracker

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// DefaultDeleterTTL is how long a deleter lives without a Next.
const DefaultDeleterTTL = time.Minute

// Deleters are delete iterators that callers in other processes hold by a
// token. A deleter ends with Close, or when nobody has called Next for its
// time to live. All methods are safe for concurrent use; calls with one token
// take turns.
type Deleters struct {
	now func() time.Time

	mu      sync.Mutex
	byToken map[string]*deleter
}

type deleter struct {
	iter    *Delete
	ttl     time.Duration
	expires time.Time // guarded by Deleters.mu

	mu sync.Mutex // held by the call at work
}

// NewDeleters returns an empty table with the clock now.
func NewDeleters(now func() time.Time) *Deleters {
	return &Deleters{now: now, byToken: make(map[string]*deleter)}
}

// Open makes the delete iterator of t over r and returns its token, or
// [ErrDeleterInUse] while t has one.
func (d *Deleters) Open(t *Tracker, r Range, ttl time.Duration) (token string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	r = t.Clip(r)
	iter, ok, err := t.Iter().Range(min(r.Min, r.Max), r.Max).Delete()
	if err != nil {
		return "", err
	}
	if !ok {
		return "", ErrDeleterInUse
	}
	token = rand.Text()
	d.byToken[token] = &deleter{iter: iter, ttl: ttl, expires: d.now().Add(ttl)}
	return token, nil
}

// Next takes up to n IDs and appends them to dst as runs, and keeps the deleter
// alive. A token that has ended is [ErrNoDeleter].
func (d *Deleters) Next(dst []bitmap.Run, token string, n int) (t *Tracker, runs []bitmap.Run, err error) {
	d.mu.Lock()
	d.expire()
	del := d.byToken[token]
	if del != nil {
		del.expires = d.now().Add(del.ttl)
	}
	d.mu.Unlock()
	if del == nil {
		return nil, dst, ErrNoDeleter
	}
	del.mu.Lock()
	defer del.mu.Unlock()
	if del.iter.closed {
		return nil, dst, ErrNoDeleter
	}
	t = del.iter.tracker
	return t, t.TakeNext(dst, del.iter.rng, n), nil
}

// Close ends a deleter and reports whether it had not ended before.
func (d *Deleters) Close(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	del := d.byToken[token]
	if del == nil {
		return false
	}
	d.end(token, del)
	return true
}

// Held reports whether t has a delete iterator open.
func (d *Deleters) Held(t *Tracker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	return t.Deleting()
}

// expire ends what has outlived its time. Deleters are few: one per tracker at
// the most, and only while somebody deletes.
func (d *Deleters) expire() {
	now := d.now()
	for token, del := range d.byToken {
		if now.After(del.expires) {
			d.end(token, del)
		}
	}
}

func (d *Deleters) end(token string, del *deleter) {
	delete(d.byToken, token)
	del.mu.Lock()
	del.iter.Close()
	del.mu.Unlock()
}
