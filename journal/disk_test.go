package journal

import (
	"bytes"
	"io"
	"maps"
	"math/rand"
	"os"
	"slices"
	"syscall"
)

// recorder is a directory that knows what of it is on a disk: a cut of the power
// leaves any sectors of what was written since a file's last sync, and any
// changes of names since the directory's. It is for one goroutine.
type recorder struct {
	files   map[string]*record // as the process sees them
	durable map[string]*record // names on the disk
	names   []nameChange       // since the last sync of the directory
	locked  bool
	before  func(op, name string) // called before each operation
	fail    func(op, name string) error
	room    int64 // bytes there are; 0 for no limit
}

type nameChange struct {
	op, a, b string
	f        *record
}

// record is a file.
type record struct {
	now     []byte
	disk    []byte
	pending []change // since the last sync
}

// change is a write, or a new size.
type change struct {
	off  int64
	data []byte
	size int64 // of a file that is made longer or shorter; -1: a write
}

// handle is an open file.
type handle struct {
	*record
	in   *recorder
	name string
}

func newRecorder() *recorder {
	return &recorder{files: make(map[string]*record), durable: make(map[string]*record)}
}

const sectorSize = 512

func applied(b []byte, c change) []byte {
	if c.size >= 0 {
		if c.size <= int64(len(b)) {
			return b[:c.size]
		}
		return append(b, make([]byte, c.size-int64(len(b)))...)
	}
	if need := c.off + int64(len(c.data)); need > int64(len(b)) {
		b = append(b, make([]byte, need-int64(len(b)))...)
	}
	copy(b[c.off:], c.data)
	return b
}

func (r *record) do(c change) {
	r.now = applied(r.now, c)
	r.pending = append(r.pending, c)
}

// op says what is about to be done.
func (d *recorder) op(op, name string) error {
	if d.before != nil {
		d.before(op, name)
	}
	if d.fail != nil {
		return d.fail(op, name)
	}
	return nil
}

func (h handle) ReadAt(p []byte, off int64) (int, error) {
	if err := h.in.op("read", h.name); err != nil {
		return 0, err
	}
	if off >= int64(len(h.now)) {
		return 0, io.EOF
	}
	n := copy(p, h.now[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes half of it if it fails.
func (h handle) WriteAt(p []byte, off int64) (int, error) {
	err := h.in.op("write", h.name)
	if err != nil {
		p = p[:len(p)/2]
	}
	h.do(change{off, bytes.Clone(p), -1})
	return len(p), err
}

// Sync forgets what it cannot write: the next one succeeds.
func (h handle) Sync() error {
	err := h.in.op("sync", h.name)
	if err == nil {
		for _, c := range h.pending {
			h.disk = applied(h.disk, c)
		}
	}
	h.pending = nil
	return err
}

func (h handle) Allocate(off, n int64) error {
	if err := h.in.op("allocate", h.name); err != nil {
		return err
	}
	if grown := off + n - int64(len(h.now)); h.in.room > 0 && h.in.used()+grown > h.in.room {
		return &os.PathError{Op: "fallocate", Path: h.name, Err: syscall.ENOSPC}
	}
	if off+n > int64(len(h.now)) {
		h.do(change{size: off + n})
	}
	return nil
}

func (d *recorder) used() (n int64) {
	for _, f := range d.files {
		n += int64(len(f.now))
	}
	return n
}

func (h handle) Linked() bool { return true }

func (h handle) Truncate(n int64) error {
	if err := h.in.op("truncate", h.name); err != nil {
		return err
	}
	h.do(change{size: n})
	return nil
}

func (h handle) Size() (int64, error) { return int64(len(h.now)), nil }
func (h handle) Close() error         { return nil }

func (d *recorder) Lock() (io.Closer, error) {
	if d.locked {
		return nil, ErrInUse
	}
	d.locked = true
	return unlocker{d}, nil
}

type unlocker struct{ d *recorder }

func (u unlocker) Close() error { u.d.locked = false; return nil }

func (d *recorder) Create(name string) (File, error) {
	if err := d.op("create", name); err != nil {
		return nil, err
	}
	f := new(record)
	d.files[name] = f
	d.names = append(d.names, nameChange{"create", name, "", f})
	return handle{f, d, name}, nil
}

func (d *recorder) Open(name string) (File, error) {
	if err := d.op("open", name); err != nil {
		return nil, err
	}
	if f := d.files[name]; f != nil {
		return handle{f, d, name}, nil
	}
	return nil, os.ErrNotExist
}

func (d *recorder) List() ([]string, error) { return slices.Sorted(maps.Keys(d.files)), nil }

func (d *recorder) Rename(a, b string) error {
	if err := d.op("rename", b); err != nil {
		return err
	}
	f := d.files[a]
	if f == nil {
		return os.ErrNotExist
	}
	d.files[b] = f
	delete(d.files, a)
	d.names = append(d.names, nameChange{"rename", a, b, f})
	return nil
}

func (d *recorder) Remove(name string) error {
	if err := d.op("remove", name); err != nil {
		return err
	}
	if d.files[name] == nil {
		return os.ErrNotExist
	}
	delete(d.files, name)
	d.names = append(d.names, nameChange{"remove", name, "", nil})
	return nil
}

func (d *recorder) Sync() error {
	if err := d.op("directory", ""); err != nil {
		return err
	}
	for _, c := range d.names {
		rename(d.durable, c)
	}
	d.names = nil
	return nil
}

func rename(names map[string]*record, c nameChange) {
	switch c.op {
	case "create":
		names[c.a] = c.f
	case "rename":
		delete(names, c.a)
		names[c.b] = c.f
	case "remove":
		delete(names, c.a)
	}
}

// cut returns what may be there when the power comes back: any of the changes of
// names, and of each file any of the sectors that were written, or none, or the
// first ones, by chance.
func (d *recorder) cut(rng *rand.Rand) *recorder {
	names := maps.Clone(d.durable)
	all := rng.Intn(3)
	for _, c := range d.names {
		if all == 0 || all == 1 && rng.Intn(2) == 0 {
			rename(names, c)
		}
	}
	after := newRecorder()
	mode := rng.Intn(4)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		f := names[name]
		disk := bytes.Clone(f.disk)
		pending := f.pending
		switch mode {
		case 0:
			pending = nil
		case 1:
			pending = pending[:rng.Intn(len(pending)+1)]
		}
		for _, c := range pending {
			if c.size >= 0 {
				if mode == 1 || rng.Intn(2) == 0 {
					disk = applied(disk, c)
				}
				continue
			}
			for o := int64(0); o < int64(len(c.data)); {
				e := min(int64(len(c.data)), (c.off+o)/sectorSize*sectorSize+sectorSize-c.off)
				if mode == 1 || rng.Intn(3) > 0 {
					disk = applied(disk, change{c.off + o, c.data[o:e], -1})
				}
				o = e
			}
		}
		g := &record{now: disk, disk: bytes.Clone(disk)}
		after.files[name], after.durable[name] = g, g
	}
	return after
}

// kill returns what is there when the process is gone, and the system is not.
func (d *recorder) kill() *recorder {
	copies := make(map[*record]*record)
	same := func(f *record) *record {
		if f == nil {
			return nil
		}
		if copies[f] == nil {
			copies[f] = &record{bytes.Clone(f.now), bytes.Clone(f.disk), slices.Clone(f.pending)}
		}
		return copies[f]
	}
	after := newRecorder()
	for name, f := range d.files {
		after.files[name] = same(f)
	}
	for name, f := range d.durable {
		after.durable[name] = same(f)
	}
	for _, c := range d.names {
		c.f = same(c.f)
		after.names = append(after.names, c)
	}
	return after
}
