package tracker

import (
	"strconv"
	"strings"
)

// ParseKey returns the ID in key if the tracker's format can produce the key,
// with the tracker's tag, another, or none.
func (t *Tracker) ParseKey(key string) (id uint64, ok bool) {
	rest, ok := strings.CutPrefix(key, t.Prefix())
	if !ok {
		return 0, false
	}
	if strings.HasPrefix(rest, "{") {
		tag, digits, ok := strings.Cut(rest[1:], "}:")
		if !ok || len(tag) == 0 || len(tag) > MaxTagLen || strings.ContainsAny(tag, "{}") {
			return 0, false
		}
		rest = digits
	}
	return parseDigits(rest, int(t.width))
}

// parseDigits reads an ID as a width writes it: padded to the width, longer
// only without leading zeros.
func parseDigits(s string, width int) (id uint64, ok bool) {
	if len(s) < max(width, 1) || len(s) > max(width, 1) && s[0] == '0' {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	id, err := strconv.ParseUint(s, 10, 64)
	return id, err == nil && id <= MaxID
}

// ParseKey returns the tracker and the ID that key belongs to; of several, the
// one with the longest prefix. ok is false for a key of no known prefix.
func (r *Registry) ParseKey(key string) (t *Tracker, id uint64, ok bool) {
	digits := len(key)
	for digits > max(0, len(key)-MaxWidth) && key[digits-1] >= '0' && key[digits-1] <= '9' {
		digits--
	}
	// A prefix may itself end in digits, so it ends anywhere from the last
	// digit back to the first; an ID has at most MaxWidth of them.
	for end := len(key) - 1; end >= max(digits, 1, len(key)-MaxWidth); end-- {
		if t, id, ok = r.parseAt(key, end); ok {
			return t, id, true
		}
	}
	// Or it ends before the tag.
	if tagged, ok := strings.CutSuffix(key[:digits], "}:"); ok {
		if end := strings.LastIndexByte(tagged, '{'); end > 0 {
			return r.parseAt(key, end)
		}
	}
	return nil, 0, false
}

// parseAt tries the prefix of that length.
func (r *Registry) parseAt(key string, length int) (*Tracker, uint64, bool) {
	if length > MaxPrefixLen {
		return nil, 0, false
	}
	t := r.Get(key[:length])
	if t == nil {
		return nil, 0, false
	}
	id, ok := t.ParseKey(key)
	return t, id, ok
}
