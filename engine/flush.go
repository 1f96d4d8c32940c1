package engine

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/resp"
)

// changedAll tells all readers that nothing holds any more, in work that is in
// proportion to the sessions that read, however many keys they watch. It gives
// others their turn at the lock in between; who changes something meanwhile waits
// until all are told, as with a crowd.
func (k *caches) changedAll() {
	all := resp.NewMessage(3)
	all.PushHeader(2)
	all.BulkString("invalidate")
	all.Null()
	k.turn.Lock()
	defer k.turn.Unlock()
	hear := k.beginFlush()
	for more := true; more; {
		more = k.tellFlushed(all)
	}
	for some := range slices.Chunk(hear, crowd) {
		k.sendTo(some, all)
	}
	k.endFlush()
}

// beginFlush ends the epoch, and returns who listens, each once.
func (k *caches) beginFlush() (hear []hearing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	met := make(map[*Session]struct{}, k.listening.Load())
	for prefix, sessions := range k.listeners {
		for s := range sessions {
			if _, before := met[s]; !before {
				met[s] = struct{}{}
				hear = append(hear, hearing{s, prefix})
			}
		}
	}
	k.flushed, k.watching, k.readers, k.items = k.watching, nil, nil, 0
	k.epoch++
	k.crowds.Store(1)
	k.recount()
	return hear
}

// tellFlushed tells some of those who watched something, and reports whether there
// are more. Who forgets what it watches is no longer among them: it is told before
// that or not at all.
func (k *caches) tellFlushed(all *resp.Message) (more bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for s := range k.flushed {
		delete(k.flushed, s)
		if s.reader.epoch != k.epoch { // else it has read something since
			s.unwatchAll()
		}
		s.Push(all)
		if n++; n == crowd {
			break
		}
	}
	return len(k.flushed) > 0
}

func (k *caches) endFlush() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.flushed = nil
	k.crowds.Add(-1)
	k.recount()
}
