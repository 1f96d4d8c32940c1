package journal

import "io"

// File is what the log needs of a file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	// Sync forces what has been written, allocated and truncated to the disk. After
	// an error nothing is known about what is there, whatever a second call says.
	Sync() error
	// Allocate gets blocks for n bytes from off on, which read as zeros, and makes
	// the file that long. Where there is no such thing it returns
	// [errors.ErrUnsupported].
	Allocate(off, n int64) error
	Truncate(n int64) error
	// Linked tells whether the file still has a name.
	Linked() bool
}

// FS is one directory of files.
type FS interface {
	// Lock keeps other processes out, until the Closer is closed. It returns
	// [ErrInUse] if one is in.
	Lock() (io.Closer, error)
	// Create makes an empty file, in place of one that has the name.
	Create(name string) (File, error)
	// Open opens a file; what has the name and is none is an error. One that may not be
	// written is open for reading.
	Open(name string) (File, error)
	// List returns the names of all that there is, be it files or not.
	List() ([]string, error)
	// Rename moves a file, in place of one that has the name. It is not open.
	Rename(from, to string) error
	Remove(name string) error
	// Sync forces which names there are to the disk.
	Sync() error
}
