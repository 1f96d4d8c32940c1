package store

import "context"

// Exists implements [Store].
func (s *servers) Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	return dst, nil
}

// Size implements [Store].
func (s *servers) Size(ctx context.Context) (uint64, error) { return 0, nil }

// Scan implements [Store].
func (s *servers) Scan(ctx context.Context, prefix string, page func(keys []string) error) error {
	return nil
}
