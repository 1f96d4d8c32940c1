package tracker

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// What the log says of leases: notes, which name all that they change (J10). The first byte
// is the kind of the note.
const (
	noteGrant   = 'L' // flags, token, ms left, age in ms, client, name, runs
	noteSettled = 'S' // flags, token or none for whatever lease has them, runs
	noteRenewed = 'R' // token, ms left
	noteDoubted = 'D' // first word, words: claims in flight there exist, since they may have been confirmed
)

const (
	flagTake    = 1 << iota // of a lease: its IDs existed before
	flagOnClose             // it ends with its Caller
	flagGone                // of what is settled: it does not exist from now on
)

// left is how much of its time h has left, in milliseconds. It is rounded up: a lease ends
// rather late than early.
func (h *hold) left() uint64 {
	deadline, now := h.deadline.Load(), h.table.now()
	if deadline <= now {
		return 0
	}
	return uint64(deadline-now)/uint64(time.Millisecond) + 1
}

// timeLeft is that of h while its IDs are still being handed out, too. The lease lock is held.
func (l *lease) timeLeft(h *hold) uint64 {
	return min(h.left(), uint64(l.terms.TTL/time.Millisecond)+1)
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendRuns appends an ascending list of runs: each begins behind the end of the one
// before.
func appendRuns(dst []byte, runs []Run) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(runs)))
	at := uint64(0)
	for _, r := range runs {
		dst = binary.AppendUvarint(dst, r.Start-at)
		dst = binary.AppendUvarint(dst, r.Len)
		at = r.Start + r.Len
	}
	return dst
}

func appendGrant(dst []byte, h *hold, l *lease, runs []Run) []byte {
	flags := byte(0)
	if l.of == TakeLease {
		flags |= flagTake
	}
	if l.terms.OnClose {
		flags |= flagOnClose
	}
	dst = appendString(append(dst, noteGrant, flags), h.token)
	dst = binary.AppendUvarint(dst, l.timeLeft(h))
	dst = binary.AppendUvarint(dst, uint64(h.table.now()-l.born)/uint64(time.Millisecond))
	dst = binary.AppendUvarint(dst, l.terms.Client)
	return appendRuns(appendString(dst, l.terms.Name), runs)
}

func appendSettled(dst []byte, token string, gone bool, runs []Run) []byte {
	flags := byte(0)
	if gone {
		flags = flagGone
	}
	return appendRuns(appendString(append(dst, noteSettled, flags), token), runs)
}

func appendRenewed(dst []byte, token string, left uint64) []byte {
	return binary.AppendUvarint(appendString(append(dst, noteRenewed), token), left)
}

func appendDoubted(dst []byte, wi, n uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(append(dst, noteDoubted), wi), n)
}

// grantPiece is how many runs a note of a base has at most.
const grantPiece = 1 << 14

// leaseNotes are what the log has to know of the tracker's leases as they are. Each note is valid
// until the next one.
func (t *Tracker) leaseNotes(yield func(journal.Note) bool) bool {
	var note []byte
	for h, l := range t.leases() {
		// By where they begin: runs may go while the lock is free, and what is added is in the log.
		for from := uint64(0); from < Limit; {
			l.flight.mu.Lock()
			i, _ := slices.BinarySearchFunc(l.runs, from, func(r Run, at uint64) int { return cmp.Compare(r.Start, at) })
			runs := l.runs[i:]
			if h.void() {
				runs = nil
			}
			if from = Limit; len(runs) > grantPiece {
				from, runs = runs[grantPiece].Start, runs[:grantPiece]
			}
			note = appendGrant(note[:0], h, l, runs)
			l.flight.mu.Unlock()
			if len(runs) > 0 && !yield(note) {
				return false
			}
		}
	}
	return true
}

// noteReader takes a note apart. What it returns is of no meaning once bad is set.
type noteReader struct {
	p   []byte
	bad bool
}

func (r *noteReader) uint() uint64 {
	v, n := binary.Uvarint(r.p)
	if n <= 0 {
		r.bad, r.p = true, nil
		return 0
	}
	r.p = r.p[n:]
	return v
}

func (r *noteReader) byte() byte {
	if len(r.p) == 0 {
		r.bad = true
		return 0
	}
	b := r.p[0]
	r.p = r.p[1:]
	return b
}

func (r *noteReader) string() string {
	n := r.uint()
	if n > uint64(len(r.p)) {
		r.bad, r.p = true, nil
		return ""
	}
	s := string(r.p[:n])
	r.p = r.p[n:]
	return s
}

// runs reads a list of runs, all of which lie below end.
func (r *noteReader) runs(end uint64) []Run {
	n := r.uint()
	if n > uint64(len(r.p)) {
		r.bad, r.p = true, nil
		return nil
	}
	runs := make([]Run, 0, n)
	at := uint64(0)
	for range n {
		gap, length := r.uint(), r.uint()
		if r.bad || gap > end-at || length == 0 || length > end-at-gap {
			r.bad = true
			return nil
		}
		runs = append(runs, Run{Start: at + gap, Len: length})
		at += gap + length
	}
	return runs
}
