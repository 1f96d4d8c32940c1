package reconcile

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestKeys_WhoseIsAKey(t *testing.T) {
	t.Parallel()
	registry, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for prefix, config := range map[string]tracker.Config{
		"a:":       {MaxID: 1000},
		"a:b:":     {},
		"a:b:c:":   {},
		"a:1":      {Width: 3},
		"t:":       {Tag: "x", Width: 4},
		"b":        {},
		"wide:":    {Width: 4},
		"forever:": {},
	} {
		if _, err := registry.Create(prefix, config); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		prefix, key string
		id          uint64
		is          parsed
	}{
		{"a:", "a:0", 0, isID},
		{"a:", "a:999", 999, isID},
		{"a:", "a:1000", 0, isOthers}, // a:1 writes 000 as well, and is the longer one
		{"a:", "a:2000", 2000, isOutside},
		{"a:", "a:1", 1, isID},
		{"a:", "a:12", 12, isID}, // a:1 does not write this
		{"a:", "a:", 0, isUnparsable},
		{"a:", "a:00", 0, isUnparsable},
		{"a:", "a:x", 0, isUnparsable},
		{"a:", "a:{x}:7", 0, isUnparsable},
		{"a:", "a:b:1", 0, isOthers},
		{"a:", "a:b:", 0, isOthers},
		{"a:", "a:b:x", 0, isOthers},
		{"a:", "a:b:c:1", 0, isOthers},
		{"a:", "a:c:1", 0, isUnparsable},
		{"a:b:", "a:b:c:1", 0, isOthers},
		{"a:b:", "a:b:1", 1, isID},
		{"t:", "t:{x}:0007", 7, isID},
		{"t:", "t:{x}:12345", 12345, isID},
		{"t:", "t:{y}:0007", 0, isUnparsable},
		{"t:", "t:0007", 0, isUnparsable},
		{"t:", "t:{x}:", 0, isUnparsable},
		{"t:", "t:{x}:{x}:0007", 0, isUnparsable},
		{"wide:", "wide:7", 0, isUnparsable},
		{"wide:", "wide:00007", 0, isUnparsable},
		{"forever:", "forever:281474976710655", tracker.MaxID, isID},
		{"forever:", "forever:281474976710656", 0, isUnparsable},
		{"forever:", "forever:18446744073709551617", 0, isUnparsable},
		{"forever:", "forever:-1", 0, isUnparsable},
		{"forever:", "forever:+1", 0, isUnparsable},
		{"forever:", "forever: 1", 0, isUnparsable},
	} {
		k := keysOf(registry.Get(c.prefix), registry)
		id, is := k.id(c.key)
		if is != c.is || is == isID && id != c.id {
			t.Errorf("%s under %s is %d, and of kind %d", c.key, c.prefix, id, is)
		}
		if is == isID {
			if names := k.names(nil, []uint64{id}); names[0] != c.key {
				t.Errorf("the store would be asked for %q, not %q", names, c.key)
			}
		}
	}
	if k := keysOf(registry.Get("t:"), registry); k.head != "t:{x}:" {
		t.Error(k.head)
	}
}
