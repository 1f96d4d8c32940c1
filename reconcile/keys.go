package reconcile

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// keys is how the keys of one prefix are written. An ID has one key, the one that its tracker
// writes: the store can be asked for no other.
type keys struct {
	reader   tracker.Reader
	registry *tracker.Registry
	head     string   // what all of them begin with
	longer   []string // prefixes that begin with this one, sorted; none begins with another
}

// parsed is what a key of the store is to a prefix.
type parsed uint8

const (
	isID parsed = iota
	isOutside
	isOthers // a key of a prefix that begins with this one
	isUnparsable
)

// keysOf returns how the keys of r are written. The prefixes of registry that begin with that of r
// are those of now.
func keysOf(r tracker.Reader, registry *tracker.Registry) *keys {
	k := &keys{reader: r, registry: registry, head: r.Prefix()}
	var longer []string
	for t := range registry.Each() {
		if p := t.Prefix(); len(p) > len(k.head) && strings.HasPrefix(p, k.head) {
			longer = append(longer, p)
		}
	}
	slices.Sort(longer)
	for _, p := range longer {
		if last := len(k.longer) - 1; last < 0 || !strings.HasPrefix(p, k.longer[last]) {
			k.longer = append(k.longer, p)
		}
	}
	if tag := r.Config().Tag; tag != "" {
		k.head += "{" + tag + "}:"
	}
	return k
}

// id tells what key, which begins with the prefix, is, and the ID if it is one.
func (k *keys) id(key string) (id uint64, is parsed) {
	id, ok := k.reader.ParseKey(key)
	ok = ok && strings.HasPrefix(key, k.head) && key[len(k.head)] != '{' // with another tag it is another key
	if len(k.longer) > 0 && k.isOthers(key, ok) {
		return 0, isOthers
	}
	switch {
	case !ok:
		return 0, isUnparsable
	case !k.reader.Holds(id):
		return id, isOutside
	}
	return id, isID
}

// isOthers tells whether key is one of a longer prefix: of what both could have written, as it would be
// added by its key; all else is the longer one's, too.
func (k *keys) isOthers(key string, both bool) bool {
	i := sort.SearchStrings(k.longer, key)
	if i < len(k.longer) && k.longer[i] == key {
		i++
	}
	if i == 0 || !strings.HasPrefix(key, k.longer[i-1]) {
		return false
	}
	if !both {
		return true
	}
	t, _, ok := k.registry.ParseKey(key)
	return ok && len(t.Prefix()) > len(k.reader.Prefix())
}

// saysID tells whether a key, which is unparsable, says an ID all the same: with another width or another tag.
func (k *keys) saysID(key string) bool {
	rest := key[len(k.reader.Prefix()):]
	if strings.HasPrefix(rest, "{") {
		_, rest, _ = strings.Cut(rest, "}:")
	}
	return rest != "" && strings.Trim(rest, "0123456789") == ""
}

// askAtOnce is how many keys are in memory for one question.
const askAtOnce = 8192

// ask appends to dst whether the keys of ids are in s.
func (k *keys) ask(ctx context.Context, s store.Store, ids []uint64, dst []bool) ([]bool, error) {
	var names []string
	for part := range slices.Chunk(ids, askAtOnce) {
		var err error
		names = k.names(names[:0], part)
		if dst, err = s.Exists(ctx, names, dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// names appends the keys of ids to dst. They are parts of one string.
func (k *keys) names(dst []string, ids []uint64) []string {
	var buf []byte
	ends := make([]int, len(ids))
	for i, id := range ids {
		buf = k.reader.AppendKey(buf, id)
		ends[i] = len(buf)
	}
	all, at := string(buf), 0
	for _, end := range ends {
		dst = append(dst, all[at:end])
		at = end
	}
	return dst
}
