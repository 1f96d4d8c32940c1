package engine

import "github.com/prefixtracker/prefixtracker/resp"

// changed tells the readers of key that by has changed it, if there are any.
func (k *caches) changed(key string, by *Session) {
	if k.watched.Load() == 0 {
		return
	}
	if !k.tellFew(key, by) {
		k.tellCrowd(key, by)
	}
}

// tellFew does it unless the readers are a crowd.
func (k *caches) tellFew(key string, by *Session) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.isCrowd(key) {
		return false
	}
	k.tell(key, by)
	k.recount()
	return true
}

// tell sends the invalidation of key and forgets its readers, who have to read
// again to hear of the next change. k.mu is held.
func (k *caches) tell(key string, by *Session) {
	if readers := k.detach(key); len(readers) > 0 {
		k.tellSome(key, readers, by, invalidation(key))
	}
}

// detach takes all readers of key out, to be told. k.mu is held.
func (k *caches) detach(key string) (readers map[*Session]bool) {
	readers = k.readers[key]
	k.items -= len(readers)
	if len(readers) > crowd {
		k.crowds.Add(-1)
	}
	k.dropKey(key)
	return readers
}

// tellSome tells crowd of the readers that were detached, and takes them out. Some
// may keep nothing of key any more, and some have read it since: these are among
// its readers again and have one thing to hear. k.mu is held.
func (k *caches) tellSome(key string, readers map[*Session]bool, by *Session, message *resp.Message) {
	n := 0
	for s, noLoop := range readers {
		delete(readers, s)
		if _, keeps := s.reader.keys[key]; keeps {
			s.unwatch(key)
			k.leave(key, s)
			if !noLoop || s != by {
				s.Push(message)
			}
		}
		if n++; n == crowd {
			return
		}
	}
}

// leave takes s out of the readers of key if it is among them. k.mu is held.
func (k *caches) leave(key string, s *Session) {
	readers := k.readers[key]
	if _, reads := readers[s]; !reads {
		return
	}
	k.items--
	switch delete(readers, s); len(readers) {
	case crowd:
		k.crowds.Add(-1)
	case 0:
		k.dropKey(key)
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
