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
		of := k.listeners[prefix]
		if of == nil {
			of = make(map[*Session]bool)
			k.listeners[prefix] = of
		}
		if _, does := of[s]; !does {
			k.listening.Add(1)
		}
		of[s] = s.reader.NoLoop
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
		of := k.listeners[prefix]
		if _, does := of[s]; !does {
			continue
		}
		k.listening.Add(-1)
		if delete(of, s); len(of) == 0 {
			delete(k.listeners, prefix)
		}
	}
	k.recount()
}

// recount notes how much there is to settle. k.mu is held.
func (k *caches) recount() {
	k.prefixes.Store(int64(len(k.listeners)))
	n := len(k.readers) + len(k.listeners)
	if k.telling != "" || k.flushed != nil {
		n++
	}
	k.watched.Store(int64(n))
}

// broadcast notes that key has changed, to be told at the end of the batch: many
// commands of one batch change the same few keys. On an event loop the batch ends
// with the command at hand if a crowd listens.
func (s *Session) broadcast(key string) {
	c := &s.changes
	if slices.Contains(c.broadcast[max(len(c.broadcast)-keepBroadcast, 0):], key) {
		return
	}
	later := s.engine.caches.overheard() && s.SettleLater()
	if !later && len(c.broadcast) >= keepBroadcast {
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

// hearing is a session that listens for a prefix.
type hearing struct {
	s      *Session
	prefix string
}

// announce tells those who listen that by has changed keys. Its work is in
// proportion to the length of the keys and to those who hear of them, not to the
// prefixes that there are.
func (k *caches) announce(keys []string, by *Session) {
	if k.prefixes.Load() == 0 {
		return
	}
	for _, key := range keys {
		hear := k.whoHear(key, by)
		if len(hear) == 0 {
			continue
		}
		message := invalidation(key)
		for some := range slices.Chunk(hear, crowd) {
			k.sendTo(some, message)
		}
	}
}

// whoHear returns who is to be told that by has changed key.
func (k *caches) whoHear(key string, by *Session) (hear []hearing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for n := range len(key) + 1 {
		for s, noLoop := range k.listeners[key[:n]] {
			if !noLoop || s != by {
				hear = append(hear, hearing{s, key[:n]})
			}
		}
	}
	return hear
}

// sendTo sends message to those who listen still.
func (k *caches) sendTo(hear []hearing, message *resp.Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range hear {
		if _, does := k.listeners[h.prefix][h.s]; does {
			h.s.Push(message)
		}
	}
}

// overheard tells whether a crowd listens for prefixes.
func (k *caches) overheard() bool { return k.listening.Load() > crowd }

// figures are how much is settled.
func (k *caches) figures() observe.Caching {
	k.mu.Lock()
	defer k.mu.Unlock()
	return observe.Caching{Keys: len(k.readers), Items: k.items, Prefixes: len(k.listeners)}
}
