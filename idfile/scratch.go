package idfile

import "os"

// Scratch is a file that is gone with whoever has made it, in the directory for such files.
type Scratch struct {
	*os.File
	named bool // some systems keep the name of a file that is open
}

// NewScratch makes one.
func NewScratch() (*Scratch, error) {
	f, err := os.CreateTemp("", "prefixtracker-*.tmp")
	if err != nil {
		return nil, err
	}
	return &Scratch{File: f, named: os.Remove(f.Name()) != nil}, nil
}

// Close gives its room back.
func (s *Scratch) Close() error {
	err := s.File.Close()
	if s.named {
		_ = os.Remove(s.Name())
	}
	return err
}
