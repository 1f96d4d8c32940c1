package commands

import (
	"bytes"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// view returns b as a string without a copy, for a callee that keeps no
// reference to it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func views(args [][]byte) []string {
	strings := make([]string, len(args))
	for i, a := range args {
		strings[i] = view(a)
	}
	return strings
}

// parsePrefix checks a prefix and returns it as a view.
func parsePrefix(b []byte) (string, error) {
	if len(b) == 0 || len(b) > tracker.MaxPrefixLen {
		return "", tracker.ErrInvalidPrefix
	}
	return view(b), nil
}

func parseID(b []byte) (uint64, error) {
	id, ok := parseUint(b, tracker.MaxID)
	if !ok {
		return 0, errInvalidID
	}
	return id, nil
}

// parseIDs reads all of args before any is acted upon. The IDs are valid until
// the connection's next command.
func (s *session) parseIDs(args [][]byte) ([]uint64, error) {
	ids := s.ids[:0]
	for _, a := range args {
		id, err := parseID(a)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	s.keepIDs(ids)
	return ids, nil
}

// secure parses args as IDs and gets the tracker of prefix, made if need be,
// with the memory to add them all.
func (x *Commands) secure(c *resp.Conn, prefix string, args [][]byte) (*tracker.Tracker, []uint64, error) {
	ids, err := sessionOf(c).parseIDs(args)
	if err != nil {
		return nil, nil, err
	}
	t, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error { return t.Secure(ids) })
	return t, ids, err
}

func parseRange(min, max []byte) (tracker.Range, error) {
	lo, ok1 := parseUint(min, tracker.Limit)
	hi, ok2 := parseUint(max, tracker.Limit)
	if !ok1 || !ok2 {
		return tracker.Range{}, errInvalidRange
	}
	return tracker.Range{Min: lo, Max: hi}, nil
}

const maxInt64 = 1<<63 - 1

// parseCount reads a COUNT: a non-negative integer, capped at limit.
func parseCount(b []byte, limit int) (int, error) {
	n, ok := parseUint(b, maxInt64)
	if !ok {
		if len(b) > 1 && b[0] == '-' {
			if _, ok := parseUint(b[1:], maxInt64); ok {
				return 0, errNotPositive
			}
		}
		return 0, errNotInteger
	}
	return int(min(n, uint64(limit))), nil
}

// parseInt reads a decimal integer with or without a minus sign.
func parseInt(b []byte) (int64, error) {
	digits, negative := bytes.CutPrefix(b, []byte("-"))
	n, ok := parseUint(digits, maxInt64)
	switch {
	case !ok:
		return 0, errNotInteger
	case negative:
		return -int64(n), nil
	}
	return int64(n), nil
}

// is reports whether word is keyword (given in upper case), in any case.
func is(word []byte, keyword string) bool {
	if len(word) != len(keyword) {
		return false
	}
	for i, c := range word {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != keyword[i] {
			return false
		}
	}
	return true
}
