package engine

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// keepBroadcast is how many different keys wait for the end of a batch.
const keepBroadcast = 64

// listen makes s one that hears of all keys with its prefixes, if its mode is to
// broadcast. It may be one already.
func (k *caches) listen(s *Session) {
	if s.reader.Mode != TrackBroadcast {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.listeners == nil {
		k.listeners = make(map[string]map[*Session]bool)
	}
	for _, prefix := range s.reader.Prefixes {
		if k.listeners[prefix] == nil {
			k.listeners[prefix] = make(map[*Session]bool)
		}
		k.listeners[prefix][s] = s.reader.NoLoop
	}
	k.recount()
}

// unlisten ends that.
func (k *caches) unlisten(s *Session) {
	if s.reader.Mode != TrackBroadcast {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, prefix := range s.reader.Prefixes {
		if of := k.listeners[prefix]; of != nil {
			if delete(of, s); len(of) == 0 {
				delete(k.listeners, prefix)
			}
		}
	}
	k.recount()
}

// recount notes how much there is to settle. k.mu is held.
func (k *caches) recount() {
	k.prefixes.Store(int64(len(k.listeners)))
	k.watched.Store(int64(len(k.readers) + len(k.listeners)))
}

// broadcast notes that key has changed, to be told at the end of the batch: many
// commands of one batch change the same few keys.
func (s *Session) broadcast(key string) {
	c := &s.changes
	if slices.Contains(c.broadcast, key) {
		return
	}
	if len(c.broadcast) == keepBroadcast {
		s.endBroadcast()
	}
	c.broadcast = append(c.broadcast, key)
}

// endBroadcast tells those who listen of what broadcast has noted.
func (s *Session) endBroadcast() {
	c := &s.changes
	if len(c.broadcast) == 0 {
		return
	}
	s.engine.caches.announce(c.broadcast, s)
	clear(c.broadcast)
	c.broadcast = c.broadcast[:0]
}

// announce tells those who listen that by has changed keys. Its work is in
// proportion to the length of the keys and to those who hear of them, not to the
// prefixes that there are.
func (k *caches) announce(keys []string, by *Session) {
	if k.prefixes.Load() == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range keys {
		var message *resp.Message
		for n := range len(key) + 1 {
			for s, noLoop := range k.listeners[key[:n]] {
				if noLoop && s == by {
					continue
				}
				if message == nil {
					message = invalidation(key)
				}
				s.Push(message)
			}
		}
	}
}

// figures are how much is settled.
func (k *caches) figures() observe.Caching {
	k.mu.Lock()
	defer k.mu.Unlock()
	return observe.Caching{Keys: len(k.readers), Items: k.items, Prefixes: len(k.listeners)}
}
