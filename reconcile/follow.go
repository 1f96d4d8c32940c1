package reconcile

// Follow begins to follow the store of the Options for prefixes, until Close; configure lets it
// set what the store's servers tell.
func (r *Reconciler) Follow(prefixes []string, configure bool) error { return ErrNoStore }
