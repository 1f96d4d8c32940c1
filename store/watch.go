package store

import "context"

// Watch implements [Store].
func (s *servers) Watch(ctx context.Context, prefixes []string, configure bool, to Watcher) error {
	return nil
}
