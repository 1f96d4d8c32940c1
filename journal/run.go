package journal

import (
	"context"
	"time"
)

// Run is how the last base or backup went.
type Run struct {
	Active    bool
	Scheduled bool      // another one begins when nothing else is being written
	Began     time.Time // of the one that is active, or the last one
	Took      time.Duration
	Err       error // of the last one
	Bytes     int64
	Count     uint64 // that succeeded
	Failed    uint64 // since one did
	Failures  uint64 // altogether
	Good      time.Time
	Changes   uint64 // that there had been when the last good one began

	next walker // the one that is scheduled
}

// Rewrite writes a base beside the running log, and removes what it replaces. It
// returns [ErrRewriting] if a base or a backup is being written.
func (l *Log) Rewrite(ctx context.Context) error { return l.run(ctx, &l.rewrite, l.usualBase()) }

// BeginRewrite is Rewrite for who does not wait for its end: Close does. The error
// is why it has not begun.
func (l *Log) BeginRewrite() error { return l.begin(&l.rewrite, l.usualBase()) }

// Backup writes the file name in the directory: a base, and the log of the time
// that it took, so that loading it gives the state at its end. It returns
// [ErrRewriting] if a base or a backup is being written.
func (l *Log) Backup(ctx context.Context, name string) error {
	if err := CheckBackupName(name); err != nil {
		return err
	}
	return l.run(ctx, &l.backup, l.backupTo(name))
}

// BeginBackup is Backup for who does not wait for its end, as BeginRewrite is.
func (l *Log) BeginBackup(name string) error {
	if err := CheckBackupName(name); err != nil {
		return err
	}
	return l.begin(&l.backup, l.backupTo(name))
}

// walker writes a file with all that is there, and returns its size.
type walker func(context.Context) (int64, error)

func (l *Log) usualBase() walker {
	return func(ctx context.Context) (int64, error) { return l.writeBase(ctx, &l.rate) }
}

func (l *Log) backupTo(name string) walker {
	return func(ctx context.Context) (int64, error) { return l.writeBackup(ctx, name) }
}

func (l *Log) run(ctx context.Context, r *Run, write walker) error {
	finish, err := l.enter(ctx, r, write)
	if err != nil {
		return err
	}
	return finish()
}

// begin is run on a goroutine. Who ends the log waits for it, since it has
// [bases.walking].
func (l *Log) begin(r *Run, write walker) error {
	finish, err := l.enter(context.Background(), r, write)
	if err == nil {
		go func() { _ = finish() }() // r says how it went
	}
	return err
}

// ScheduleRewrite is BeginRewrite once nothing else is being written, and
// ScheduleBackup BeginBackup.
func (l *Log) ScheduleRewrite() { l.schedule(&l.rewrite, l.usualBase()) }

// ScheduleBackup: see ScheduleRewrite.
func (l *Log) ScheduleBackup(name string) error {
	if err := CheckBackupName(name); err != nil {
		return err
	}
	l.schedule(&l.backup, l.backupTo(name))
	return nil
}

func (l *Log) schedule(r *Run, write walker) {
	l.ran.Lock()
	r.Scheduled, r.next = true, write
	l.ran.Unlock()
	l.beginScheduled()
}

// beginScheduled begins what is scheduled if nothing is being written. It is called
// behind everything that may have made that so.
func (l *Log) beginScheduled() {
	for _, r := range []*Run{&l.backup, &l.rewrite} {
		l.ran.Lock()
		scheduled, write := r.Scheduled, r.next
		l.ran.Unlock()
		if scheduled && l.begin(r, write) == nil {
			return
		}
	}
}

// enter takes [bases.walking] and says that r is active. What it returns writes the
// file, says how that went, and gives it back.
func (l *Log) enter(ctx context.Context, r *Run, write walker) (finish func() error, err error) {
	select {
	case <-l.walking:
	default:
		if l.ending.Err() != nil {
			return nil, ErrClosed
		}
		return nil, ErrRewriting
	}
	if l.ending.Err() != nil {
		l.stopWalking()
		return nil, ErrClosed
	}
	var changes uint64
	if l.changes != nil {
		changes = l.changes()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	l.ran.Lock()
	defer l.ran.Unlock()
	r.Active, r.Scheduled, r.next, r.Began, l.cancel = true, false, nil, time.Now(), cancel
	return func() error {
		defer l.beginScheduled()
		defer cancel(nil)
		defer context.AfterFunc(l.ending, func() { cancel(ErrClosed) })()
		n, err := write(ctx)
		if cause := context.Cause(ctx); err != nil && cause != nil {
			err = cause
		}
		l.ran.Lock()
		defer l.ran.Unlock()
		r.ended(n, changes, err)
		l.stopWalking() // who sees that it has ended can begin another one
		return err
	}, nil
}

// Interrupt ends a base or a backup that is being written, with [ErrInterrupted]. The
// log goes on.
func (l *Log) Interrupt() {
	if l == nil {
		return
	}
	l.ran.Lock()
	defer l.ran.Unlock()
	if l.rewrite.Active || l.backup.Active {
		l.cancel(ErrInterrupted)
	}
}

// ended says how it went.
func (r *Run) ended(bytes int64, changes uint64, err error) {
	r.Active, r.Took, r.Err = false, time.Since(r.Began), err
	if err != nil {
		r.Failed++
		r.Failures++
		return
	}
	r.Bytes, r.Changes, r.Good, r.Failed = bytes, changes, time.Now(), 0
	r.Count++
}

// stopWalking gives back what who walks has taken: there is room for it.
func (l *Log) stopWalking() { l.walking <- struct{}{} }
