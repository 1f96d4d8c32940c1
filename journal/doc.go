// Package journal keeps the words of many bitmaps through the death of a process
// and of a machine: a log of word states, which each change is followed by before
// its reply leaves, and bases, which are written beside it.
//
// It knows words and files. It must not know what a tracker is for, its prefix,
// commands or the network, and imports nothing of this module.
//
//	l, report, err := journal.Open(options) // reads what is there
//	l.Start()
//	b := l.NewBatch()                       // one for each event loop
//	if l.Refusing() == nil {
//		b.Open()
//		bitmap.Set(7)
//		b.Changed(object, 7)
//	}
//	gate := l.Commit(b)                     // one append, one write
//	l.Wait(gate, nil)                       // or Reached, OnReach; then the reply
//
// # Finding one's way
//
//	what a change costs     batch.go, log.go, word.go, write.go
//	when a reply may leave  gate.go, sync.go, window.go
//	what is in a file       header.go, block.go, record.go, word.go
//	how it stays small      rotate.go, walk.go, base.go; backup.go; run.go
//	how it comes back       history.go, tail.go, blockreader.go, replay.go,
//	                        recover.go; restore.go
//	what goes wrong         failure.go, keep.go, errors.go; check.go
//	trackers, not words     object.go, control.go
//	the file system         fs.go, directory.go
//
// # Files
//
//	LOCK                 held while a process has the directory
//	base-00000012.pt     all trackers; goes with the log from a position on
//	incr-00000012.pt     that log; incr-00000013.pt and so on: later parts of it
//	NAME.tmp             not whole, and not looked at
//	NAME.failed          a mark: a sync of NAME has failed
//
// A file gets its name when its header is on the disk, and a base when all of it
// is. Nothing is ever written over. The log is one sequence of bytes, in blocks
// that each say their position in it; a part ends where the next one begins. A
// backup is a base with the log behind it that it needs.
//
// # The argument
//
// Handlers do not log what they did but where: a note of words. When they are
// committed the words are read, under the log's mutex, and appended as they are
// then.
//
//	J1  A value in a record was read while the mutex was held (putWords). So of two
//	    records of one word the later has the value that is newer in the order
//	    of the word's changes.
//	J2  Whoever makes a change notes it, and appends the note before the reply
//	    leaves (the caller; Commit). So for each acknowledged change X of a word
//	    there is a record at or behind X, and by J1 every later record of the
//	    word has X, or what undid it. Replaying any prefix of the log gives each
//	    word as of its last record: all that was appended, and perhaps changes
//	    whose own record is still to come, of which nobody was told.
//	J3  If A was acknowledged before B began, A's record precedes the reading of
//	    B's. So a prefix that has B has A. (Gates: nobody is told before the log
//	    has come to his position.)
//	J4  What is no state of a word takes effect under the mutex: Clear swaps the
//	    root of the bitmap while it holds it, so whoever changes the new root
//	    appends behind the record. (Done outside, a claim in the new root may be
//	    appended before it, and a replay frees the ID.)
//	J5  Create is appended before anybody can find the tracker, and Drop when
//	    nobody can any more (the caller, under its own mutex). Flush says that all
//	    trackers so far are gone, while nobody can make one. IDs are never used again: words of one
//	    that is gone are passed over, words of one that never was are damage.
//	    One that is made aside and takes the place of another is told of with Create while
//	    nobody can find it, by a meta that says so, its words are appended (Append), and
//	    then Replace says in one block that the other is gone, and what this one is: before
//	    the caller has others find it. A log that ends before that block has the other as
//	    it was, and the caller leaves out what is not finished. Who still changes the other behind the block
//	    comes before it. To rename is Replace, too.
//	J6  A range is read as a region, in holds of the mutex of [holdWords] words,
//	    each a block (append). What has no memory is zero, and that is seen
//	    under the mutex, too. The range as such is not logged: it would not
//	    commute with single changes that pass it by.
//	J7  Base: the log goes on in a new file from a position P on (rotate), then
//	    all that Create was told of before P can be found (Objects waits for the
//	    caller's mutex; among them those that are made aside, or come to another place
//	    meanwhile), and then each word of the base is read (walk). A word that
//	    has a record at or behind P gets that one's value. One that has none has the
//	    base's, which was read after all changes that are in records before P. So the
//	    base and the log from P give what the log alone gives, at every position from the
//	    one on at which the log was when the last word had been read: its end.
//	J8  A base gets its name when the log is on the disk up to that end
//	    (writeBase, syncTo). Else a cut could leave words that are newer than the
//	    log's last block, against J3. Recovery refuses a log that is shorter. What
//	    a base replaces is removed when its name is on the disk.
//	J9  A reply that says what was found, and nothing was changed, may rest on a
//	    change that has not been appended. If no other batch is open when that is
//	    noted, or when it is committed, all that could be seen has been appended, by
//	    J2, and there is no note, or it is dropped (Relied, put); else the word is
//	    appended, too.
//	    (open is raised before a batch's first change, and lowered after its
//	    append.)
//	J10 A note says what is no word and changes with words (Record): both are
//	    changed, and said, in one hold of the mutex. So a prefix of the log has
//	    both or neither, and records of words behind it know its effect. In a
//	    base a note is read after the words of its tracker and, as these, behind
//	    P: what was changed since has a record of its own, and notes name all they
//	    change, so replaying them over what is newer leads to the same (J7).
//
// Without a sync in time (EverySec), the same for claims:
//
//	W1  A reservation is in force, whatever a cut leaves of the log, once the log
//	    is on the disk behind the block that it is in (settle). While a window is
//	    moved only what the old and the new one have in common is (reserve).
//	W2  A claim is answered before it is on the disk only if its words lie in a
//	    window in force when they are appended (covered), piece by piece.
//	W3  A window is said again in each new file before the base that goes with it
//	    has its end (carryWindows), or has not been used since a file before that:
//	    then all claims in it are in the base, or in what a cut leaves.
//	W4  After a cut all IDs that are free in the windows in force are set, in one
//	    block with the record that ends the windows, or before it
//	    (endWindows). So no ID that was claimed, and whose claim is missing, is
//	    free. After the end of a process nothing is missing.
//
// # What is true on the disk
//
//	D1  Synced is published after a sync of all files that hold the log up to it
//	    (sync). A block says what it was when it was appended.
//	D2  A sync that has failed is not tried again, and nothing is published, until
//	    a base is in place that needs none of the files that are not trusted
//	    (syncFiles, based). A mark beside the file says so to the next process,
//	    which reads what the system still has (distrust).
//	D3  Recovery, when it ends the log at a place behind which there is something,
//	    looks for blocks there. One that says that the log was on the disk beyond
//	    that place shows that something was there once: damage. So does any, if
//	    the machine has not stopped since. Else what is behind never was on the
//	    disk as a whole, and nobody waited for less (judge).
//	D4  Recovery forces what it has read to the disk before it removes anything,
//	    or says that it is there (settle), and goes on in another file.
//
// # Locks
//
// From the first to the last, where several are held:
//
//	walking            who writes a base or a backup; makes and removes files
//	durability.syncing a turn: held over syncs
//	disk.turn          a turn: held over a write, and where out of room over an
//	                   allocation; who waits for it has his bytes written by who
//	                   has it
//	order.mu           the order of the log: no I/O, at most holdWords words; the
//	                   caller's registry mutex may be held around it
//	failures.troubles, gates.telling, bases.ran
//	                   a few stores each
//
// Functions of the caller run: Words under order.mu; Objects, Target and Loader, and what OnReach is given, under none.
//
// # Not promised
//
// A read may see a change of another batch that is being committed. If the mark
// of a failed sync cannot be made either, a process that starts after this one was
// killed takes what the system has for what is on the disk. A log whose newest
// files have all been removed looks like one that ended before.
//
// # Prior art
//
// Blocks with their position and a CRC are those of pebble and etcd; a fuzzy
// base with the log from its beginning to its end is PostgreSQL's base backup,
// and sequences that are logged ahead of use are its, too; the names and the
// policies are Redis's.
package journal
