package engine

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/resp"
)

// caches are the replies that clients keep: for each key the sessions that have
// read it and want to hear of the next change. A reader is entered before it
// reads and a writer looks after it has written, so either the reader sees the
// change or the writer sees the reader.
type caches struct {
	watched  atomic.Int64 // keys and prefixes: all that settling looks at when it is 0
	prefixes atomic.Int64 // of listeners
	clients  atomic.Int64 // sessions that track
	// crowds are keys with crowds of readers or whose crowd is being told, and
	// listening is how many listen, once for each of their prefixes.
	crowds, listening atomic.Int64
	turn              sync.Mutex // whoever tells a crowd holds it, and takes mu in it
	longest           int        // a key: what is longer is no key of anything
	mu                sync.Mutex
	readers           map[string]map[*Session]bool // true: not told of its own changes
	// listeners are for each prefix the sessions that hear of all keys with it.
	listeners map[string]map[*Session]bool // true: not told of its own changes
	items     int                          // readers of all keys
	telling   string                       // the key whose crowd is being told, or ""
	// watching are the sessions that may be among the readers. When all of them are
	// to be told, they are flushed and both begin anew, and epoch goes up: what a
	// session of an older one watches, it no longer does.
	watching, flushed map[*Session]struct{}
	epoch             uint64
}

// reader is what a session keeps of the replies that its client keeps.
type reader struct {
	Tracking
	prefixes int // bytes, on the connection's books
	// Guarded by caches.mu:
	keys  map[string]struct{} // that it watches
	most  int                 // as many as keys has had
	kept  int                 // bytes, on the connection's books
	epoch uint64              // of keys
}

// watchedBytes is what a reader of a key takes beside the key itself, an entry of
// each map and the key's readers, and keptBytes all of it.
const watchedBytes = 320

func keptBytes(key string) int { return watchedBytes + len(key) + len(key)/4 }

// fewKeys is how many keys are not worth a smaller map.
const fewKeys = 1024

// unwatch takes key off the session's books. caches.mu is held.
func (s *Session) unwatch(key string) {
	r := &s.reader
	delete(r.keys, key)
	r.kept -= keptBytes(key)
	s.Release(keptBytes(key))
	switch n := len(r.keys); {
	case n == 0:
		r.keys, r.most = nil, 0
	case n < r.most/4 && r.most > fewKeys: // a map keeps the room it has had
		keys := make(map[string]struct{}, n)
		maps.Copy(keys, r.keys)
		r.keys, r.most = keys, n
	}
}

// unwatchAll is unwatch for all keys of an epoch that is over. caches.mu is held.
func (s *Session) unwatchAll() {
	s.Release(s.reader.kept)
	s.reader.keys, s.reader.most, s.reader.kept = nil, 0, 0
}

// maxWatched is how many keys are watched. For another one, the readers of some
// key are told that it changed, as in Redis.
const maxWatched = 1_000_000

// forgetAtOnce is how many keys of a reader that ends are forgotten before
// others have a turn at the lock.
const forgetAtOnce = 256

// remember enters s as a reader of the keys of a command.
func (s *Session) remember(c *Command, words [][]byte) {
	if c.Unwatched {
		for _, key := range c.Keys(words) {
			s.Push(invalidation(string(key))) // it goes out behind the reply
		}
		return
	}
	k := &s.engine.caches
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.reader.epoch != k.epoch {
		s.unwatchAll()
		s.reader.epoch = k.epoch
	}
	if k.watching == nil {
		k.watching = make(map[*Session]struct{})
	}
	k.watching[s] = struct{}{}
	for _, key := range c.Keys(words) {
		if len(key) <= k.longest {
			k.enter(s, key)
		}
	}
	k.recount()
}

// enter makes s a reader of key. Without memory for that, the client is told at
// once that its reply holds no longer, behind that reply. k.mu is held.
func (k *caches) enter(s *Session, word []byte) {
	if _, reads := k.readers[string(word)][s]; reads {
		return
	}
	key := string(word)                         // both maps have the one copy
	if _, keeps := s.reader.keys[key]; !keeps { // else it is yet to be told of a change before
		if !s.Keep(resp.Watched, keptBytes(key)) {
			s.Push(invalidation(key))
			return
		}
		s.reader.kept += keptBytes(key)
	}
	if k.readers[key] == nil && len(k.readers) >= maxWatched {
		for old := range k.readers {
			if !k.isCrowd(old) {
				k.tell(old, nil)
				break
			}
		}
	}
	readers := k.readers[key]
	if readers == nil {
		if k.readers == nil {
			k.readers = make(map[string]map[*Session]bool)
		}
		readers = make(map[*Session]bool)
		k.readers[key] = readers
	}
	if readers[s] = s.reader.NoLoop; len(readers) == crowd+1 {
		k.crowds.Add(1)
	}
	k.items++
	if s.reader.keys == nil {
		s.reader.keys = make(map[string]struct{})
	}
	s.reader.keys[key] = struct{}{}
	s.reader.most = max(s.reader.most, len(s.reader.keys))
}

// forget makes the session one that is told of no change and has announced no
// reply to keep, in work that is in proportion to what it keeps.
func (s *Session) forget() {
	s.announced = 0
	k := &s.engine.caches
	k.unlisten(s)
	for more := true; more; {
		more = k.forgetSome(s)
	}
}

// forgetSome reports whether there is more to forget.
func (k *caches) forgetSome(s *Session) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.flushed, s)
	if s.reader.epoch != k.epoch {
		s.unwatchAll()
	}
	n := 0
	for key := range s.reader.keys {
		if n++; n > forgetAtOnce {
			break
		}
		s.unwatch(key)
		k.leave(key, s)
	}
	k.recount()
	if len(s.reader.keys) > 0 {
		return true
	}
	delete(k.watching, s)
	return false
}
