package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Modes of what is made: the state of a program is nobody else's.
const (
	modeDirectory = 0o750
	modeFile      = 0o640
)

const lockName = "LOCK"

// directory is a real directory.
type directory string

// Directory returns the directory path. It is made if it is missing.
func Directory(path string) (FS, error) {
	path = filepath.Clean(path)
	var parents []string
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		parents = append(parents, filepath.Dir(at))
	}
	if err := os.MkdirAll(path, modeDirectory); err != nil {
		return nil, err
	}
	for _, parent := range parents { // a name that is not on the disk loses all below it
		if err := syncDirectory(parent); err != nil {
			return nil, err
		}
	}
	return directory(path), nil
}

func (d directory) path(name string) string { return filepath.Join(string(d), name) }

func (d directory) Create(name string) (File, error) {
	return open(d.path(name), os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func (d directory) Open(name string) (File, error) {
	if err := isFile(d.path(name)); err != nil {
		return nil, err
	}
	f, err := open(d.path(name), os.O_RDWR)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return d.view(name)
	}
	return f, err
}

// view opens a file for reading.
func (d directory) view(name string) (File, error) {
	if err := isFile(d.path(name)); err != nil {
		return nil, err
	}
	return open(d.path(name), os.O_RDONLY)
}

// isFile refuses what is no file behind all links: who opens a pipe may wait for ever.
func isFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errNotFile}
	}
	return err
}

var errNotFile = errors.New("not a regular file")

// List has what is no file among the names: a start that passed over a log that is a
// broken link would begin with nothing.
func (d directory) List() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

func (d directory) Rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }
func (d directory) Remove(name string) error     { return os.Remove(d.path(name)) }
func (d directory) Sync() error                  { return syncDirectory(string(d)) }

func (d directory) Lock() (io.Closer, error) {
	return lockFile(os.OpenFile(d.path(lockName), os.O_RDWR|os.O_CREATE, modeFile))
}

func lockFile(f *os.File, err error) (io.Closer, error) {
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil // the lock ends with the file
}

// View returns a directory that is there, to be read and not to be changed: its
// methods that would are errors.
func View(path string) (FS, error) {
	path = filepath.Clean(path)
	if _, err := os.ReadDir(path); err != nil {
		return nil, err
	}
	return view{directory(path)}, nil
}

type view struct{ directory }

var errView = errors.New("the directory is only looked at")

func (v view) Create(string) (File, error)    { return nil, errView }
func (v view) Open(name string) (File, error) { return v.view(name) }
func (v view) Rename(string, string) error    { return errView }
func (v view) Remove(string) error            { return errView }
func (v view) Sync() error                    { return errView }

// Lock makes no file: where there is none nobody has the directory.
func (v view) Lock() (io.Closer, error) {
	f, err := os.OpenFile(v.path(lockName), os.O_RDWR, 0) // NFS locks only what may be written
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return io.NopCloser(nil), nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		f, err = os.Open(v.path(lockName))
	}
	return lockFile(f, err)
}

// file is a file of a directory.
type file struct{ *os.File }

func open(path string, flags int) (File, error) {
	f, err := os.OpenFile(path, flags, modeFile)
	if err != nil {
		return nil, err
	}
	return file{f}, nil
}

func (f file) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// control calls do with the descriptor, which stays what it is meanwhile.
func (f file) control(what string, do func(fd uintptr) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(fd) }); err != nil {
		return err
	}
	if failed != nil {
		return &os.PathError{Op: what, Path: f.Name(), Err: failed}
	}
	return nil
}
