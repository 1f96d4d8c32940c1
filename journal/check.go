package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// FileReport is what a check says of one file.
type FileReport struct {
	Name     string
	Kind     string // base, log, backup
	Seq      uint64
	Bytes    int64  // its length
	Used     int64  // of them, up to the end of what was written
	From, To uint64 // positions of the log
}

// Cut is what a repair has taken away.
type Cut struct {
	File     string
	Byte     int64    // it ends there now
	Position uint64   // and the log
	Files    []string // what was behind: in that file, and later ones, which have another name now
}

// cutSuffix is behind the name of a file that a repair has taken out of the log.
const cutSuffix = ".cut"

// Check reads a directory's base and log as a start would, and tells each of the
// files. It changes nothing. The report is worth something beside an error, too.
func Check(dir FS, boot [16]byte, each func(FileReport)) (report *Report, err error) {
	lock, err := dir.Lock()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	h, err := checked(dir, boot, each)
	return h.report, err
}

// checked reads a directory for its own sake.
func checked(dir FS, boot [16]byte, each func(FileReport)) (*history, error) {
	h := &history{fs: dir, boot: boot, replay: newReplay(nobody{}), report: new(Report), each: each}
	_, err := h.list()
	if err == nil {
		err = h.read()
	}
	h.report.Records, h.report.Trackers = h.replay.records, len(h.replay.trackers)
	return h, err
}

// CheckFile reads one file: a base or a backup to its end, a log as far as its
// blocks hang together.
func CheckFile(dir FS, name string, each func(FileReport)) (err error) {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Size()
	if err != nil {
		return err
	}
	head, err := readHeader(name, f, size, magicLog, magicBase, magicBackup)
	if err != nil {
		return err
	}
	h := &history{fs: dir, replay: newReplay(nobody{}), report: new(Report), first: head.seq, sizes: map[string]int64{name: size}, each: each}
	if head.magic == magicLog {
		return h.checkLog(name, f, head)
	}
	r := &blockReader{f: f, size: size, off: fileHead}
	return h.readWhole(name, r, head)
}

// checkLog reads a log by itself: what its trackers are was said elsewhere.
func (h *history) checkLog(name string, f File, head header) error {
	r := &blockReader{f: f, size: h.sizes[name], off: fileHead}
	first, _, whole, err := r.next()
	if err != nil {
		return &FileError{name, r.off, err}
	}
	end := first.pos
	for whole && err == nil {
		var b block
		if b, _, whole, err = r.next(); whole && b.pos == end {
			end = b.end()
			r.skip(b)
		} else {
			break
		}
	}
	if err != nil {
		return &FileError{name, r.off, err}
	}
	h.tell(FileReport{Name: name, Kind: "log", Seq: head.seq, Bytes: r.size, Used: r.off, From: first.pos, To: end})
	nothing, err := r.nothing()
	switch {
	case err != nil:
		return &FileError{name, r.off, err}
	case !nothing:
		return damaged(name, r.off, "no block of the log: the end of what has reached the disk, or damage: the directory tells which")
	}
	return nil
}

// Repair cuts a log off where it is damaged, if that is in the log: what comes
// behind is lost. Later files get another name. The base, and what the log has to
// have for it, cannot be repaired.
func Repair(dir FS, boot [16]byte) (cut *Cut, err error) {
	lock, err := dir.Lock()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	h, damage := checked(dir, boot, nil)
	if damage == nil {
		return nil, nil
	}
	var at *FileError
	if !errors.As(damage, &at) || !errors.Is(damage, ErrDamaged) {
		return nil, damage
	}
	seq, base, ok := parseName(at.File)
	if !ok || base {
		return nil, damage
	}
	cut = &Cut{File: at.File, Byte: h.lastEnd, Position: h.pos}
	if h.last != seq { // nothing of it is part of the log
		cut.Byte = 0
	}
	if h.pos < h.replay.need {
		return nil, fmt.Errorf("%w; the base needs the log up to position %d, and it would end at %d", damage, h.replay.need, h.pos)
	}
	for _, later := range slices.Backward(h.logs) {
		if later > seq || later == seq && cut.Byte == 0 {
			name := logName(later)
			aside, err := free(dir, name+cutSuffix)
			if err == nil {
				err = dir.Rename(name, aside)
			}
			if err != nil {
				return cut, err
			}
			cut.Files = append(cut.Files, aside)
		}
	}
	if err := dir.Sync(); err != nil {
		return cut, err
	}
	if cut.Byte > 0 {
		err = cut.do(dir)
	}
	return cut, err
}

// free is name, or that with a number behind it, of which there is nothing yet.
func free(dir FS, name string) (string, error) {
	names, err := dir.List()
	if err != nil {
		return "", err
	}
	for n, found := 2, name; ; n++ {
		if !slices.Contains(names, found) {
			return found, nil
		}
		found = fmt.Sprintf("%s%d", name, n)
	}
}

// keep writes what is behind the cut into a file of its own, if there is something.
func (c *Cut) keep(dir FS, f File, size int64) (err error) {
	r := &blockReader{f: f, size: size, off: c.Byte}
	if nothing, err := r.nothing(); nothing || err != nil {
		return err
	}
	name, err := free(dir, c.File+cutSuffix)
	if err != nil {
		return err
	}
	to, err := dir.Create(name)
	if err != nil {
		return err
	}
	if _, err = io.Copy(io.NewOffsetWriter(to, 0), io.NewSectionReader(f, c.Byte, size-c.Byte)); err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err == nil {
		c.Files = append(c.Files, name)
		err = dir.Sync()
	}
	return err
}

// do makes the file end where its last whole block does, and keeps what is behind. What
// it had room for is zeros again: so a file looks that has not been used up.
func (c *Cut) do(dir FS) (err error) {
	f, err := dir.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Size()
	if err != nil {
		return err
	}
	head, err := readHeader(c.File, f, size, magicLog)
	if err != nil {
		return err
	}
	if err = c.keep(dir, f, size); err != nil {
		return err
	}
	if err = f.Truncate(c.Byte); err == nil {
		err = f.Truncate(max(size, head.least()))
	}
	if err == nil {
		err = f.Sync()
	}
	return err
}

// nobody takes what a check reads.
type nobody struct{}

func (nobody) Create(uint64, []byte) (Loader, error)                      { return nobody{}, nil }
func (nobody) Drop(uint64) error                                          { return nil }
func (nobody) Put(uint64, uint64) error                                   { return nil }
func (nobody) PutAll(uint64, []byte) error                                { return nil }
func (nobody) Fill(uint64, uint64, uint64) error                          { return nil }
func (nobody) Clear() error                                               { return nil }
func (nobody) Quarantine(dst []byte, _, _ uint64) ([]byte, uint64, error) { return dst, 0, nil }
func (nobody) Note([]byte) error                                          { return nil }
func (nobody) Describe([]byte) error                                      { return nil }
func (nobody) Stats([]byte) error                                         { return nil }
