package engine

import "github.com/prefixtracker/prefixtracker/resp"

// crowd is how many are told in one go: to tell more takes long, and others want
// the lock and the event loop meanwhile. A session whose change is for a crowd
// leaves its loop before its reply does.
const crowd = 256

// crowded tells whether a crowd is to be told of one of keys.
func (k *caches) crowded(keys []string) bool {
	if k.crowds.Load() == 0 {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range keys {
		if k.isCrowd(key) {
			return true
		}
	}
	return false
}

// isCrowd tells whether the readers of key are a crowd, or were one and are being
// told. k.mu is held.
func (k *caches) isCrowd(key string) bool {
	return len(k.readers[key]) > crowd || k.telling == key || k.flushed != nil
}

// tellCrowd is tell for a crowd. It gives others their turn at the lock in between.
// Who changes the key meanwhile waits until all are told of the change before, so
// that nobody's reply comes before what it says is told.
func (k *caches) tellCrowd(key string, by *Session) {
	k.turn.Lock()
	defer k.turn.Unlock()
	readers := k.beginCrowd(key)
	message := invalidation(key)
	for len(readers) > 0 {
		k.tellPart(key, readers, by, message)
	}
	k.endCrowd()
}

func (k *caches) beginCrowd(key string) map[*Session]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.telling = key
	k.crowds.Add(1)
	return k.detach(key)
}

func (k *caches) tellPart(key string, readers map[*Session]bool, by *Session, message *resp.Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tellSome(key, readers, by, message)
}

func (k *caches) endCrowd() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.telling = ""
	k.crowds.Add(-1)
	k.recount()
}
