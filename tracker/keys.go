package tracker

// AddKeys marks the ID in each key as existing, in the tracker of its prefix,
// and returns how many were not before. Keys of no known prefix count 0. The
// memory for all is secured first: on [ErrOutOfMemory] no ID has changed.
func (r *Registry) AddKeys(keys []string) (added int, err error) {
	for _, key := range keys {
		if t, id, ok := r.ParseKey(key); ok {
			if err := t.Secure([]uint64{id}); err != nil {
				return 0, err
			}
		}
	}
	for _, key := range keys {
		if t, id, ok := r.ParseKey(key); ok && t.Add(id) {
			added++
		}
	}
	return added, nil
}

// RemoveKeys marks the ID in each key as not existing and returns how many
// were before.
func (r *Registry) RemoveKeys(keys []string) (removed int) {
	for _, key := range keys {
		if t, id, ok := r.ParseKey(key); ok && t.Remove(id) {
			removed++
		}
	}
	return removed
}
