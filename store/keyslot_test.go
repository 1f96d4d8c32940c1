package store

import "testing"

// The slots are those that CLUSTER KEYSLOT of Redis tells.
func TestKeySlot(t *testing.T) {
	for key, want := range map[string]int{
		"": 0, "123456789": 12739, "foo": 12182, "{user1000}.following": 3443, "user1000": 3443,
		"foo{}{bar}": 8363, "foo{{bar}}zap": 4015, "{bar": 4015,
	} {
		if got := keySlot(key); got != want {
			t.Errorf("%q: %d, want %d", key, got, want)
		}
	}
}
