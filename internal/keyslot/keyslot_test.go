package keyslot

import "testing"

// The slots are those that CLUSTER KEYSLOT of Redis tells.
func TestOf(t *testing.T) {
	for key, want := range map[string]uint16{
		"": 0, "123456789": 12739, "foo": 12182, "{user1000}.following": 3443, "user1000": 3443,
		"foo{}{bar}": 8363, "foo{{bar}}zap": 4015, "{bar": 4015,
	} {
		if got := Of(key); got != want {
			t.Errorf("%q: %d, want %d", key, got, want)
		}
		if got := Of([]byte(key)); got != want {
			t.Errorf("%q as bytes: %d, want %d", key, got, want)
		}
	}
}

func TestOf_AllocatesNothing(t *testing.T) {
	key := []byte("vec:{000000000042}")
	if n := testing.AllocsPerRun(100, func() { Of(key) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
