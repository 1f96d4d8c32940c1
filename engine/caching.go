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
	watched atomic.Int64 // keys: all that settling looks at when it is 0
	clients atomic.Int64 // sessions that track
	longest int          // a key: what is longer is no key of anything
	mu      sync.Mutex
	readers map[string]map[*Session]bool // true: not told of its own changes
	// watching are the sessions that may be among the readers. When all of them are
	// told at once, both begin anew, and epoch goes up: what a session of an older
	// one watches, it no longer does.
	watching map[*Session]struct{}
	epoch    uint64
}

// reader is what a session keeps of the replies that its client keeps.
type reader struct {
	noLoop bool // own changes are not told
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

// Track lets the client announce replies that it will keep.
func (s *Session) Track(noLoop bool) {
	if !s.Profile().Tracking {
		s.Describe(func(p *Profile) { p.Tracking = true })
		s.engine.caches.clients.Add(1)
		s.OpenPush()
	}
	s.reader.noLoop = noLoop
}

// Untrack ends that; the client keeps no reply any more.
func (s *Session) Untrack() {
	if !s.Profile().Tracking {
		return
	}
	s.Describe(func(p *Profile) { p.Tracking = false })
	s.engine.caches.clients.Add(-1)
	s.forget()
}

// Announce says that the client, which tracks, will keep the reply to the next
// command, or those of the next transaction. It reports false in RESP2, which has
// no form for what the client is to be told.
func (s *Session) Announce() bool {
	if s.Protocol() != 3 {
		return false
	}
	s.announced = 2
	return true
}

// SetProtocol makes version, 2 or 3, the form of what the client gets from here
// on. In RESP2 there is no form for what is told of changes: the client keeps no
// reply any more, and what it has been told goes out before.
func (s *Session) SetProtocol(version int) {
	if version == 2 && s.Protocol() == 3 {
		s.forget()
		s.SendPushed()
	}
	s.Conn.SetProtocol(version)
}

// remember enters s as a reader of the keys of a command.
func (s *Session) remember(c *Command, words [][]byte) {
	if c.Unwatched {
		for key := range c.Keys(words) {
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
	for key := range c.Keys(words) {
		if len(key) <= k.longest {
			k.enter(s, key)
		}
	}
	k.watched.Store(int64(len(k.readers)))
}

// enter makes s a reader of key. Without memory for that, the client is told at
// once that its reply holds no longer, behind that reply. k.mu is held.
func (k *caches) enter(s *Session, word []byte) {
	if _, entered := s.reader.keys[string(word)]; entered {
		return
	}
	key := string(word) // both maps have the one copy
	if !s.Keep(keptBytes(key)) {
		s.Push(invalidation(key))
		return
	}
	s.reader.kept += keptBytes(key)
	readers := k.readers[key]
	if readers == nil {
		if len(k.readers) >= maxWatched {
			for old := range k.readers {
				k.tell(old, nil)
				break
			}
		}
		if k.readers == nil {
			k.readers = make(map[string]map[*Session]bool)
		}
		readers = make(map[*Session]bool)
		k.readers[key] = readers
	}
	readers[s] = s.reader.noLoop
	if s.reader.keys == nil {
		s.reader.keys = make(map[string]struct{})
	}
	s.reader.keys[key] = struct{}{}
	s.reader.most = max(s.reader.most, len(s.reader.keys))
}

// changed tells the readers of key that by has changed it, if there are any.
func (k *caches) changed(key string, by *Session) {
	if k.watched.Load() == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell(key, by)
	k.watched.Store(int64(len(k.readers)))
}

// tell sends the invalidation of key and forgets its readers, who have to read
// again to hear of the next change. k.mu is held.
func (k *caches) tell(key string, by *Session) {
	readers := k.readers[key]
	if readers == nil {
		return
	}
	message := invalidation(key)
	k.dropKey(key)
	for s, noLoop := range readers {
		s.unwatch(key)
		if !noLoop || s != by {
			s.Push(message)
		}
	}
}

// dropKey forgets key, which nobody reads any more. k.mu is held.
func (k *caches) dropKey(key string) {
	if delete(k.readers, key); len(k.readers) == 0 {
		k.readers = nil // a map keeps the room it has had
	}
}

// invalidation is what a client is told of a key that has changed.
func invalidation(key string) *resp.Message {
	m := resp.NewMessage(3)
	m.PushHeader(2)
	m.BulkString("invalidate")
	m.Array(1)
	m.BulkString(key)
	return m
}

// changedAll tells all readers that nothing holds any more, in work that is in
// proportion to the sessions that read, however many keys they watch.
func (k *caches) changedAll() {
	all := resp.NewMessage(3)
	all.PushHeader(2)
	all.BulkString("invalidate")
	all.Null()
	k.mu.Lock()
	defer k.mu.Unlock()
	// Told while the lock is held: who forgets what it watches, and then lets go of
	// what was pushed, is told before that or not at all.
	for s := range k.watching {
		s.unwatchAll()
		s.Push(all)
	}
	k.readers, k.watching = nil, nil
	k.epoch++
	k.watched.Store(0)
}

// forget makes the session one that keeps no reply and has announced none, in work
// that is in proportion to what it keeps.
func (s *Session) forget() {
	s.announced = 0
	k := &s.engine.caches
	for more := true; more; {
		more = k.forgetSome(s)
	}
}

// forgetSome reports whether there is more to forget.
func (k *caches) forgetSome(s *Session) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.reader.epoch != k.epoch {
		s.unwatchAll()
	}
	n := 0
	for key := range s.reader.keys {
		if n++; n > forgetAtOnce {
			break
		}
		s.unwatch(key)
		readers := k.readers[key]
		if delete(readers, s); len(readers) == 0 {
			k.dropKey(key)
		}
	}
	k.watched.Store(int64(len(k.readers)))
	if len(s.reader.keys) > 0 {
		return true
	}
	delete(k.watching, s)
	return false
}
