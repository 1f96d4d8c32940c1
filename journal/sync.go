package journal

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Policy is when the log is forced to the disk.
type Policy int32

const (
	// EverySec: once a second. After a power cut what is left is a prefix of the
	// log, and no ID is claimed twice.
	EverySec Policy = iota
	// Always: before a reply goes out.
	Always
	// No: when the system does. After a power cut IDs may be claimed twice.
	No
)

// Policy returns the policy in force.
func (l *Log) Policy() Policy { return Policy(l.policy.Load()) }

// SetPolicy changes the policy. Gates that are there stay what they are.
func (l *Log) SetPolicy(p Policy) {
	if l == nil {
		return
	}
	l.policy.Store(int32(p))
	l.hurry()
}

// durability is what is known to be on the disk. Its mutex is a turn, as that of
// [disk] is: it is held over a sync.
type durability struct {
	syncing sync.Mutex
	synced  atomic.Uint64 // published: gates open, and blocks say so
	whole   uint64        // up to here all files that are trusted are on the disk
	broken  uint64        // files up to this sequence are not trusted: a sync has failed
	syncs   atomic.Uint64
	forcing atomic.Bool // a file is, at the moment
}

// Sync asks for all that was appended to be on the disk, now, and for what the
// notes of b say, which may be nil and is not ended. The gate opens when it is.
func (l *Log) Sync(b *Batch) Gate {
	if l == nil {
		return Gate{}
	}
	if b.Len() > 0 {
		l.append(b)
	}
	g := Gate{pos: l.appended.Load(), sync: true}
	if !l.Reached(g) {
		_ = l.write(g.pos) // the gate stays shut
		l.hurry()
	}
	return g
}

// sync forces what is written to the disk and publishes it.
func (l *Log) sync() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if err := l.syncFiles(); err != nil {
		return err
	}
	if l.broken == 0 {
		l.synced.Store(l.whole)
		return nil
	}
	return ErrNotSynced // a base is needed first: see based
}

// syncFiles brings whole up to what is written now. A sync that fails is never
// tried again: the system has forgotten what it could not write, and a second
// one would say that all is well. What is in the file then is replaced by a base
// and by another file. It has the turn of syncing.
func (l *Log) syncFiles() error {
	l.turn.Lock()
	pos, old, now := l.written.Load(), l.old, l.file
	l.old = nil
	l.turn.Unlock()
	for _, f := range old {
		if f.seq > l.broken {
			l.syncFile(f)
		}
		_ = f.Close() // it is on the disk, or not trusted
	}
	switch {
	case now == nil:
		return ErrNoFile
	case now.seq > l.broken && (pos > l.whole || len(old) > 0):
		l.syncFile(now)
	}
	if now.seq <= l.broken {
		return ErrNotSynced
	}
	l.whole = pos
	return nil
}

func (l *Log) syncFile(f *logFile) {
	l.syncs.Add(1)
	began := time.Now()
	l.forcing.Store(true)
	err := f.Sync()
	l.forcing.Store(false)
	if time.Since(began) >= time.Second {
		l.slow.Add(1)
	}
	if err != nil {
		l.broken = max(l.broken, f.seq)
		l.distrust(f.name)
		_ = l.fail(notSynced, fmt.Errorf("%s: %w", f.name, err))
	}
}

// distrust leaves a mark beside a file: a process that starts after this one has
// been killed reads what the system still has, and would take it for what is on
// the disk. The mark needs a disk that works; without it that is what happens.
func (l *Log) distrust(name string) {
	if f, err := l.fs.Create(name + distrusted); err == nil {
		_ = f.Close()
		_ = l.fs.Sync()
	}
}

// lookForName finds out that somebody has removed the file that the log is written to:
// what is in it would be lost with the process. It is replaced as one whose sync has
// failed.
func (l *Log) lookForName() {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.turn.Lock()
	f := l.file
	l.turn.Unlock()
	if f == nil || f.seq <= l.broken || !f.links || f.Linked() {
		return
	}
	l.broken = max(l.broken, f.seq)
	_ = l.fail(notSynced, fmt.Errorf("%s: somebody has removed it", f.name))
}

// trusts tells whether no sync of f has failed.
func (l *Log) trusts(f *logFile) bool {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	return f.seq > l.broken
}

// based is told of a base that is in place with the log it needs, from the file
// seq on: nothing before is needed any more, nor whether it is on the disk.
func (l *Log) based(seq uint64) {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if seq > l.broken && l.broken > 0 {
		l.broken = 0
		l.synced.Store(l.whole)
		l.mended(notSynced)
	}
}
